package micromegas.tracing.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextEncoderTest {

  @Test
  void encodesAsTheJdkDoes() {
    Random random = new Random(5);
    int[] kinds = {0x80, 0x100, 0x800, 0xd800, 0x10000};
    for (int run = 0; run < 2_000; run++) {
      StringBuilder text = new StringBuilder();
      int bound = kinds[random.nextInt(kinds.length)];
      for (int i = random.nextInt(40); i > 0; i--) {
        text.append((char) random.nextInt(bound));
        if (bound == 0x10000 && random.nextInt(4) == 0) {
          text.appendCodePoint(0x1f600 + random.nextInt(60));
        }
      }
      // The JDK writes "?" for half a pair; the wire has U+FFFD.
      StringBuilder whole = new StringBuilder();
      text.chars().forEach(c -> whole.append((char) c));
      byte[] expected = repaired(whole.toString()).getBytes(StandardCharsets.UTF_8);
      String source = whole.toString();
      assertThat(TextEncoder.length(source)).isEqualTo(expected.length);
      byte[] out = new byte[expected.length + 3];
      assertThat(TextEncoder.encode(source, expected.length, out, 2))
          .isEqualTo(expected.length + 2);
      assertThat(Arrays.copyOfRange(out, 2, expected.length + 2)).isEqualTo(expected);
      int max = random.nextInt(expected.length + 2);
      int chars = TextEncoder.fitting(source, max);
      assertThat(TextEncoder.length(source.substring(0, chars))).isLessThanOrEqualTo(max);
      if (chars < source.length()) {
        int next = Character.charCount(source.codePointAt(chars));
        assertThat(TextEncoder.length(source.substring(0, chars + next))).isGreaterThan(max);
      }
    }
  }

  private static String repaired(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(point -> out.appendCodePoint(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point));
    return out.toString();
  }
}
