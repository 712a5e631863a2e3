package micromegas.lakehouse.blocks;

import java.nio.charset.StandardCharsets;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/// Identifies a call site of spans by 32 bits (`views.md` 5.1): xxHash32 of name, file, target and
/// line, each seeded with the hash of what comes before it. Texts are hashed as UTF-8, the line as
/// four little-endian bytes.
public final class CallSiteHash {
  private static final XXHash32 XXH32 = XXHashFactory.safeInstance().hash32();

  private CallSiteHash() {}

  public static int of(String name, String file, String target, int line) {
    return line(text(text(text(0, name), file), target), line);
  }

  /// Continues a hash with a text.
  ///
  /// @param hash of what comes before, 0 at the begin
  static int text(int hash, byte[] utf8, int offset, int length) {
    return XXH32.hash(utf8, offset, length, hash);
  }

  /// Ends a hash with the line.
  static int line(int hash, int line) {
    byte[] bytes = {
      (byte) line, (byte) (line >>> 8), (byte) (line >>> 16), (byte) (line >>> 24),
    };
    return XXH32.hash(bytes, 0, bytes.length, hash);
  }

  private static int text(int hash, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return text(hash, utf8, 0, utf8.length);
  }
}
