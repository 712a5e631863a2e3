package micromegas.lakehouse.columns;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DictionaryColumnTest {

  @Test
  void equalBytesHaveOneIndexWhereverTheyLie() {
    DictionaryColumn column = new DictionaryColumn();
    Map<String, Integer> expected = new HashMap<>();
    Random random = new Random(5);
    for (int i = 0; i < 50_000; i++) {
      byte[] source = new byte[random.nextInt(40)];
      for (int at = 0; at < source.length; at++) {
        source[at] = (byte) random.nextInt(2);
      }
      int offset = random.nextInt(source.length + 1);
      int length = random.nextInt(source.length - offset + 1);
      int index = column.intern(source, offset, length);
      Integer known = expected.putIfAbsent(new String(source, offset, length, ISO_8859_1), index);
      assertThat(index).isEqualTo(known == null ? expected.size() - 1 : known);
    }
    assertThat(column.dictionary().size()).isEqualTo(expected.size());
  }

  /// Texts of "Aa" and "BB" all have the same polynomial hash of 31, as do their concatenations.
  @Test
  @Timeout(20)
  void textsThatCollideUnderTheUsualPolynomialAreNotSlow() {
    DictionaryColumn column = new DictionaryColumn();
    int bits = 17;
    byte[] text = new byte[bits * 2];
    for (int number = 0; number < 1 << bits; number++) {
      for (int bit = 0; bit < bits; bit++) {
        boolean set = (number >> bit & 1) == 1;
        text[2 * bit] = (byte) (set ? 'B' : 'A');
        text[2 * bit + 1] = (byte) (set ? 'B' : 'a');
      }
      column.intern(text);
    }
    assertThat(column.dictionary().size()).isEqualTo(1 << bits);
  }
}
