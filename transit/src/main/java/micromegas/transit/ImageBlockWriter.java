package micromegas.transit;

import java.nio.charset.StandardCharsets;

/// Writes the blocks of an `image` stream, whose objects are [ClientTypes#imageObjects] and which
/// has no dependencies. Times are absolute ticks of the process clock. Not thread-safe.
public final class ImageBlockWriter extends BlockWriter {

  public ImageBlockWriter() {
    super(ClientTypes.STATIC_STRING, ClientTypes.DESCRIPTOR);
  }

  /// @param format MIME type, such as `image/png`
  public void image(String name, String format, byte[] content, long time) {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    byte[] formatBytes = format.getBytes(StandardCharsets.UTF_8);
    int length = EventRecords.IMAGE_BYTES - 5 + nameBytes.length + formatBytes.length;
    objects.beginVariable(EventRecords.IMAGE, Math.addExact(length, content.length));
    objects.putLong(time);
    putText(objects, nameBytes, 0, nameBytes.length);
    putText(objects, formatBytes, 0, formatBytes.length);
    objects.putInt(content.length);
    objects.put(content, 0, content.length);
    countEvent();
  }
}
