package micromegas.transit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8Test {

  /// The first ones are examples of Rust's `String::from_utf8_lossy`.
  @ParameterizedTest
  @CsvSource({
    "48656c6c6f20f0908057, Hello \uFFFDW",
    "e9, \uFFFD",
    "eda080, \uFFFD\uFFFD\uFFFD",
    "e080, \uFFFD\uFFFD",
    "c080, \uFFFD\uFFFD",
    "f48fbfbf, \uDBFF\uDFFF",
    "f4908080, \uFFFD\uFFFD\uFFFD\uFFFD",
    "61e282, a\uFFFD",
    "e282ac41, €A",
    "f09f98, \uFFFD",
    "c3a4ffc3, ä\uFFFD\uFFFD"
  })
  void repairsMaximalParts(String hex, String expected) {
    byte[] bytes = Lz4FrameTest.hex(hex);
    assertThat(repair(bytes)).isEqualTo(expected);
    assertThat(Utf8.isValid(bytes, 0, bytes.length)).isEqualTo(!expected.contains("\uFFFD"));
  }

  @Test
  void validityIsThatOfTheJdk() {
    Random random = new Random(11);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes =
          random.nextBoolean()
              ? "aä€😀 some plain text".repeat(2).getBytes(StandardCharsets.UTF_8)
              : new byte[random.nextInt(12)];
      if (bytes.length < 12) {
        random.nextBytes(bytes);
      } else if (random.nextInt(4) > 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      boolean valid;
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        valid = true;
      } catch (CharacterCodingException e) {
        valid = false;
      }
      assertThat(Utf8.isValid(bytes, 0, bytes.length)).isEqualTo(valid);
      String repaired = repair(bytes);
      assertThat(repaired.contains("\uFFFD")).isEqualTo(!valid);
    }
  }

  @Test
  void wideTextIsTranscoded() {
    String text = "A\u00e4€\uD83D\uDE00\u0000\uFFFF";
    assertThat(fromUtf16(text.getBytes(StandardCharsets.UTF_16LE))).isEqualTo(text);
    assertThat(fromUtf16(Lz4FrameTest.hex("00d8 4100 00dc 00d8"))).isEqualTo("\uFFFDA\uFFFD\uFFFD");
    assertThat(fromUtf16(Lz4FrameTest.hex("00d8 3dd8 00de"))).isEqualTo("\uFFFD😀");
  }

  private static String repair(byte[] bytes) {
    byte[] target = new byte[3 * bytes.length];
    return strict(target, Utf8.repair(bytes, 0, bytes.length, target, 0));
  }

  private static String fromUtf16(byte[] bytes) {
    byte[] target = new byte[bytes.length / 2 * 3];
    return strict(target, Utf8.fromUtf16(bytes, 0, bytes.length, target, 0));
  }

  private static String strict(byte[] bytes, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Arrays.copyOf(bytes, length)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new AssertionError(e);
    }
  }
}
