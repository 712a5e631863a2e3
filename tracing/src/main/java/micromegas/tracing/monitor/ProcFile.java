package micromegas.tracing.monitor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A file of `/proc` with lines `Name: 123 kB` or `name 1 2 3`, of which the first 8 KiB are read
/// again and again without an object per read. Empty where there is no such file. Used by one
/// thread.
final class ProcFile implements AutoCloseable {
  private static final int MAX_BYTES = 8 * 1024;
  private static final long KIB = 1024;

  private final byte[] bytes = new byte[MAX_BYTES];
  private final ByteBuffer buffer = ByteBuffer.wrap(bytes);
  private final @Nullable FileChannel file;
  private int length;

  private ProcFile(@Nullable FileChannel file) {
    this.file = file;
  }

  /// Opens a file, if it is there.
  static ProcFile open(String path) {
    try {
      return new ProcFile(FileChannel.open(Path.of(path), StandardOpenOption.READ));
    } catch (IOException | RuntimeException e) {
      return new ProcFile(null);
    }
  }

  /// A name as the lines have it, for [#bytes] and [#numbers].
  ///
  /// @param name with what follows it, a colon or a blank
  static byte[] name(String name) {
    return ("\n" + name).getBytes(StandardCharsets.US_ASCII);
  }

  /// Takes what the file says now.
  void read() {
    length = 0;
    if (file == null) {
      return;
    }
    bytes[length++] = '\n'; // before each line
    buffer.clear().position(length);
    try {
      while (buffer.hasRemaining()) {
        int more = file.read(buffer, length - 1);
        if (more <= 0) {
          return;
        }
        length += more;
      }
    } catch (IOException e) {
      length = 0;
    }
  }

  /// The value of a line in bytes; -1 when there is none.
  ///
  /// @param name from [#name]
  long bytes(byte[] name) {
    int at = after(name);
    long kibibytes = -1;
    for (int i = at; at >= 0 && i < length && bytes[i] != '\n'; i++) {
      int digit = bytes[i] - '0';
      if (digit >= 0 && digit <= 9) {
        kibibytes = Math.max(0, kibibytes) * 10 + digit;
      }
    }
    return kibibytes < 0 ? -1 : kibibytes * KIB;
  }

  /// The numbers of a line; those that it does not have are 0.
  ///
  /// @param name from [#name]
  /// @return whether there is such a line
  boolean numbers(byte[] name, long[] into) {
    Arrays.fill(into, 0);
    int at = after(name);
    if (at < 0) {
      return false;
    }
    int index = 0;
    boolean inside = false;
    for (int i = at; i < length && bytes[i] != '\n' && index < into.length; i++) {
      int digit = bytes[i] - '0';
      boolean isDigit = digit >= 0 && digit <= 9;
      if (isDigit) {
        into[index] = into[index] * 10 + digit;
      } else if (inside) {
        index++;
      }
      inside = isDigit;
    }
    return true;
  }

  private int after(byte[] name) {
    for (int i = 0; i + name.length <= length; i++) {
      if (matches(name, i)) {
        return i + name.length;
      }
    }
    return -1;
  }

  private boolean matches(byte[] name, int at) {
    for (int i = 0; i < name.length; i++) {
      if (bytes[at + i] != name[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    if (file == null) {
      return;
    }
    try {
      file.close();
    } catch (IOException e) {
      return; // it was only read
    }
  }
}
