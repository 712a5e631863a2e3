package micromegas.lakehouse.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyFilterTest {
  @Test
  void keysThatWereAddedAreNeverRuledOutAndOthersNearlyAlways() {
    Random random = new Random(17);
    for (int keys : new int[] {1, 10, 1000, 50_000}) {
      long[] hashes = new long[keys];
      for (int i = 0; i < keys; i++) {
        hashes[i] = KeyFilter.hash(key(random));
      }
      byte[] filter = KeyFilter.of(hashes, keys, keys);
      assertThat(filter.length).isLessThanOrEqualTo(64 + keys * 12 / 8);
      for (long hash : hashes) {
        assertThat(mayHold(filter, hash)).isTrue();
      }
      int vain = 0;
      for (int i = 0; i < 20_000; i++) {
        vain += mayHold(filter, KeyFilter.hash(key(random))) ? 1 : 0;
      }
      assertThat(vain).isLessThan(200);
    }
  }

  /// Ids of which only a few bits differ, as of simple generators.
  @Test
  void similarKeysSpread() {
    long[] hashes = new long[4096];
    for (int i = 0; i < hashes.length; i++) {
      byte[] key = new byte[16];
      key[15] = (byte) i;
      key[14] = (byte) (i >> 8);
      hashes[i] = KeyFilter.hash(key);
    }
    byte[] filter = KeyFilter.of(hashes, hashes.length, hashes.length);
    int vain = 0;
    for (int i = 4096; i < 24_096; i++) {
      byte[] key = new byte[16];
      key[15] = (byte) i;
      key[14] = (byte) (i >> 8);
      vain += mayHold(filter, KeyFilter.hash(key)) ? 1 : 0;
    }
    assertThat(vain).isLessThan(400);
  }

  /// Filters are stored: the hash is part of their format.
  @Test
  void theHashNeverChanges() {
    byte[] key = HexFormat.of().parseHex("0123456789abcdeffedcba9876543210");
    assertThat(HexFormat.of().toHexDigits(KeyFilter.hash(key))).isEqualTo("7b74bec8557e1503");
  }

  private static boolean mayHold(byte[] filter, long hash) {
    int block = KeyFilter.block(hash, filter.length / KeyFilter.BLOCK_BYTES);
    return KeyFilter.mayHold(
        Arrays.copyOfRange(
            filter, block * KeyFilter.BLOCK_BYTES, (block + 1) * KeyFilter.BLOCK_BYTES),
        hash);
  }

  private static byte[] key(Random random) {
    byte[] key = new byte[16];
    random.nextBytes(key);
    return key;
  }
}
