package micromegas.lake.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WireTimeTest {
  private static final String TIME = "2026-11-25T01:02:03";

  @Test
  void fractionsOfAnyLengthAreCutToNanoseconds() {
    for (String zone : List.of("Z", "z", "+00:00", "-00:00")) {
      assertThat(WireTime.parseStrict(TIME + zone)).isEqualTo(TIME + "Z");
      StringBuilder fraction = new StringBuilder();
      for (char digit : "123456789987654321".toCharArray()) {
        fraction.append(digit);
        String kept = fraction.substring(0, Math.min(9, fraction.length()));
        assertThat(WireTime.parseStrict(TIME + "." + fraction + zone))
            .isEqualTo(TIME + "." + kept + "Z");
      }
    }
  }

  @Test
  void otherSpellingsMeanTheSame() {
    Instant time = Instant.parse("2026-11-25T01:02:03.5Z");
    assertThat(
            List.of(
                "2026-11-25t01:02:03.5Z",
                "2026-11-25 01:02:03.5Z",
                "2026-11-25T03:02:03.5+02:00",
                "2026-11-24T20:32:03.5-04:30"))
        .allSatisfy(text -> assertThat(WireTime.parseStrict(text)).isEqualTo(time));
    assertThat(WireTime.parseStrict("2016-12-31T23:59:60Z")).isEqualTo("2017-01-01T00:00:00Z");
  }

  @Test
  void whatIsNoTimeIsNone() {
    assertThat(
            List.of(
                "",
                "Z",
                "+00:00",
                TIME,
                TIME + ".Z",
                TIME + ".+00:00",
                TIME + "+0:00",
                TIME + ".5",
                TIME + ".1x3Z",
                TIME + ":00Z",
                "2026-02-30T01:02:03Z",
                "2026-13-01T01:02:03Z",
                "2026-11-25T24:02:03Z",
                "2026-11-25T01:60:03Z",
                "2026-11-25T01:02:61Z",
                "2026/11/25T01:02:03Z",
                "-026-11-25T01:02:03Z",
                "\u0662026-11-25T01:02:03Z",
                "2026-11-25T01:02:03.5+24:00"))
        .allSatisfy(text -> assertThat(WireTime.parseStrict(text)).as(text).isNull());
  }

  @Test
  void whatTheJdkWritesIsRead() {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      long second = random.nextLong(-62_167_219_200L, 253_402_300_800L);
      Instant time = Instant.ofEpochSecond(second, random.nextInt(1_000_000_000));
      assertThat(WireTime.parseStrict(time.toString())).isEqualTo(time);
      OffsetDateTime elsewhere =
          time.atOffset(ZoneOffset.ofTotalSeconds(60 * random.nextInt(-840, 840)));
      if (elsewhere.getYear() >= 0 && elsewhere.getYear() <= 9999) {
        assertThat(WireTime.parseStrict(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(elsewhere)))
            .isEqualTo(time);
      }
    }
  }

  /// One wrong character at each place never gives another error.
  @Test
  void damageIsNeverAnException() {
    String text = TIME + ".123456+00:00";
    for (int i = 0; i < text.length(); i++) {
      for (char other : new char[] {'0', '9', ' ', '-', ':', 'Z', '\uD800'}) {
        String damaged = text.substring(0, i) + other + text.substring(i + 1);
        boolean shaped =
            damaged.matches(
                "\\d{4}-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?([Zz]|[+-]\\d\\d:\\d\\d)");
        Instant read = WireTime.parseStrict(damaged);
        if (!shaped) {
          assertThat(read).as(damaged).isNull();
        } else if (i > 19 && i < 26) {
          assertThat(read).as(damaged).isNotNull();
        }
      }
      assertThat(WireTime.parseStrict(text.substring(0, i))).isNull();
    }
  }
}
