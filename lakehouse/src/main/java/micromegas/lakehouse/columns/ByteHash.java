package micromegas.lakehouse.columns;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/// Hashes byte strings. Seeded anew in each process, so that nobody can craft values that collide:
/// telemetry comes from strangers.
public final class ByteHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long SEED;
  private static final long FACTOR;

  static {
    SecureRandom random = new SecureRandom();
    SEED = random.nextLong();
    FACTOR = random.nextLong() | 1L | 1L << 62;
  }

  private ByteHash() {}

  /// The hash of `source[offset, offset + length)`; the lower half is as good as the whole.
  public static long of(byte[] source, int offset, int length) {
    long hash = SEED ^ length;
    int end = offset + length;
    int at = offset;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      hash = mix(hash ^ (long) LONG.get(source, at));
    }
    if (at < end) {
      long rest = 0;
      if (length >= Long.BYTES) {
        rest = (long) LONG.get(source, end - Long.BYTES); // overlaps what was read before
      } else {
        for (; at < end; at++) {
          rest = rest << 8 | source[at] & 0xFF;
        }
      }
      hash = mix(hash ^ rest);
    }
    return hash ^ hash >>> 32;
  }

  /// Both halves of the product with a secret odd factor, folded.
  private static long mix(long value) {
    return value * FACTOR ^ Math.multiplyHigh(value, FACTOR);
  }
}
