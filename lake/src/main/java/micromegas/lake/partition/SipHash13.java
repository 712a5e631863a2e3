package micromegas.lake.partition;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// SipHash-1-3 with a zero key, as the reference implementation uses it for partition locks and for
/// the schema hashes of SQL views (one compression round per word, three to finish).
public final class SipHash13 {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private SipHash13() {}

  /// The 64-bit hash of `bytes`.
  public static long hash(byte[] bytes) {
    long v0 = 0x736f6d6570736575L;
    long v1 = 0x646f72616e646f6dL;
    long v2 = 0x6c7967656e657261L;
    long v3 = 0x7465646279746573L;
    int words = bytes.length / Long.BYTES;
    for (int i = 0; i <= words + 3; i++) {
      long word = 0;
      if (i < words) {
        word = (long) LONG.get(bytes, i * Long.BYTES);
      } else if (i == words) {
        word = lastWord(bytes, words * Long.BYTES);
      } else if (i == words + 1) {
        v2 ^= 0xff;
      }
      v3 ^= word;
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 = Long.rotateLeft(v2, 32);
      v0 ^= word;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  /// The bytes after the last whole word, with the length in the highest byte.
  private static long lastWord(byte[] bytes, int offset) {
    long word = (long) bytes.length << 56;
    for (int i = offset; i < bytes.length; i++) {
      word |= (bytes[i] & 0xffL) << (8 * (i - offset));
    }
    return word;
  }
}
