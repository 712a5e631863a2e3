package micromegas.tracing.agent.weave;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Looks for texts among the constants of class files, without reading anything else: most classes
/// have none of them, and are seen once per load. Immutable.
public final class Utf8Constants {
  private static final int POOL = 8;
  private static final int LONGEST = 256;

  private final byte[] @Nullable [][] byLength = new byte[LONGEST][][];

  /// @param texts ASCII, at most 255 characters; longer ones are never found
  public Utf8Constants(Collection<String> texts) {
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (bytes.length < LONGEST) {
        byte[][] same = byLength[bytes.length];
        same = same == null ? new byte[1][] : Arrays.copyOf(same, same.length + 1);
        same[same.length - 1] = bytes;
        byLength[bytes.length] = same;
      }
    }
  }

  /// Whether a class file has one of the texts; true also for files that cannot be understood.
  public boolean isIn(byte[] file) {
    int count = u2(file, POOL);
    int at = POOL + 2;
    for (int i = 1; i < count; i++) {
      int tag = file[at];
      switch (tag) {
        case 1 -> {
          int length = u2(file, at + 1);
          if (matches(file, at + 3, length)) {
            return true;
          }
          at += 3 + length;
        }
        case 3, 4, 9, 10, 11, 12, 17, 18 -> at += 5;
        case 5, 6 -> {
          at += 9;
          i++;
        }
        case 7, 8, 16, 19, 20 -> at += 3;
        case 15 -> at += 4;
        default -> {
          return true;
        }
      }
    }
    return false;
  }

  private boolean matches(byte[] file, int from, int length) {
    byte[][] same = length < LONGEST ? byLength[length] : null;
    if (same != null) {
      for (byte[] text : same) {
        if (Arrays.equals(text, 0, length, file, from, from + length)) {
          return true;
        }
      }
    }
    return false;
  }

  private static int u2(byte[] file, int at) {
    return (file[at] & 0xff) << 8 | file[at + 1] & 0xff;
  }
}
