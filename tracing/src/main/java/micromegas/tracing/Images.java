package micromegas.tracing;

import java.nio.ByteBuffer;
import micromegas.tracing.record.Recording;

/// Images of the process, such as screenshots. Thread-safe; never throws.
public final class Images {
  private Images() {}

  /// Records an image; one that is larger than the limit (4 MiB by default) is counted as lost.
  ///
  /// @param mime type, such as `image/png`
  /// @param content what remains of the buffer, whose position is not changed
  public static void send(String name, String mime, ByteBuffer content) {
    if (content != null) {
      Recording.image(String.valueOf(name), String.valueOf(mime), content.duplicate());
    }
  }
}
