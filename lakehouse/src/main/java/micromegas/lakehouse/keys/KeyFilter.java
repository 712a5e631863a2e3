package micromegas.lakehouse.keys;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A split block Bloom filter: blocks of 32 bytes; a key sets one bit in each of the eight words of
/// one block, so that a look-up needs that block alone. False answers are always "may hold".
///
/// Source: the Bloom filters of apache/parquet-format, with another hash.
public final class KeyFilter {
  /// Bytes of a block.
  public static final int BLOCK_BYTES = 32;

  /// Bits per key: about one look-up in 200 says "may hold" in vain.
  private static final int BITS_PER_KEY = 12;

  /// Larger filters are cut to this size and answer "may hold" in vain more often.
  private static final int MAX_BLOCKS = (4 << 20) / BLOCK_BYTES;

  private static final int[] SALTS = {
    0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31
  };
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private KeyFilter() {}

  /// The hash of a key. Stored filters depend on it: it must never change.
  public static long hash(byte[] key) {
    long hash = 0x9E3779B97F4A7C15L + key.length;
    int at = 0;
    for (; at + Long.BYTES <= key.length; at += Long.BYTES) {
      hash = mix(hash ^ (long) LONG.get(key, at));
    }
    for (; at < key.length; at++) {
      hash = mix(hash ^ key[at]);
    }
    return hash;
  }

  /// The finalizer of MurmurHash3.
  private static long mix(long value) {
    long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }

  /// A filter of the keys with the hashes `hashes[0, count)`, which may repeat.
  ///
  /// @param distinct how many different ones there are; an estimate is enough
  public static byte[] of(long[] hashes, int count, int distinct) {
    int blocks = (int) Math.clamp(((long) distinct * BITS_PER_KEY + 255) / 256, 1, MAX_BLOCKS);
    byte[] filter = new byte[blocks * BLOCK_BYTES];
    for (int i = 0; i < count; i++) {
      int begin = block(hashes[i], blocks) * BLOCK_BYTES;
      for (int word = 0; word < SALTS.length; word++) {
        int at = begin + 4 * word;
        INT.set(filter, at, (int) INT.get(filter, at) | bit(hashes[i], word));
      }
    }
    return filter;
  }

  /// Which block of a filter of `blocks` blocks belongs to a hash.
  public static int block(long hash, int blocks) {
    return (int) ((hash >>> 32) * blocks >>> 32);
  }

  /// Whether a filter whose block for this hash is `block` may hold the key.
  public static boolean mayHold(byte[] block, long hash) {
    for (int word = 0; word < SALTS.length; word++) {
      if (((int) INT.get(block, 4 * word) & bit(hash, word)) == 0) {
        return false;
      }
    }
    return true;
  }

  private static int bit(long hash, int word) {
    return 1 << ((int) hash * SALTS[word] >>> 27);
  }
}
