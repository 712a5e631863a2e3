package micromegas.lakehouse.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import micromegas.lakehouse.materialize.InsertSlice;
import org.junit.jupiter.api.Test;

class TaskKindTest {
  private static InsertSlice slice(String begin, String end) {
    return new InsertSlice(Instant.parse(begin), Instant.parse(end));
  }

  private static InsertSlice window(TaskKind kind, String now) {
    return kind.window(Instant.parse(now), Instant.MAX, Duration.ZERO);
  }

  @Test
  void windowsAreThoseOfTheReference() {
    assertThat(window(TaskKind.SECOND, "2026-05-06T07:08:09.500Z"))
        .isEqualTo(slice("2026-05-06T07:08:07Z", "2026-05-06T07:08:08Z"));
    assertThat(window(TaskKind.MINUTE, "2026-05-06T07:08:30Z"))
        .isEqualTo(slice("2026-05-06T07:06:00Z", "2026-05-06T07:07:00Z"));
    assertThat(window(TaskKind.HOUR, "2026-05-06T07:10:00Z"))
        .isEqualTo(slice("2026-05-06T05:00:00Z", "2026-05-06T07:00:00Z"));
    assertThat(window(TaskKind.DAY, "2026-05-06T04:00:00Z"))
        .isEqualTo(slice("2026-05-04T00:00:00Z", "2026-05-06T00:00:00Z"));
  }

  @Test
  void aRunThatStartsLateKeepsItsWindowUntilTheNextIsDue() {
    assertThat(window(TaskKind.MINUTE, "2026-05-06T07:09:29.999Z"))
        .isEqualTo(slice("2026-05-06T07:06:00Z", "2026-05-06T07:07:00Z"));
    assertThat(window(TaskKind.HOUR, "2026-05-06T08:09:59Z"))
        .isEqualTo(slice("2026-05-06T05:00:00Z", "2026-05-06T07:00:00Z"));
  }

  @Test
  void theNextRunIsTheNextPeriodPlusTheOffset() {
    assertThat(TaskKind.MINUTE.nextRun(Instant.parse("2026-05-06T07:08:30Z")))
        .isEqualTo("2026-05-06T07:09:30Z");
    assertThat(TaskKind.MINUTE.nextRun(Instant.parse("2026-05-06T07:08:29Z")))
        .isEqualTo("2026-05-06T07:08:30Z");
    assertThat(TaskKind.SECOND.nextRun(Instant.parse("2026-05-06T07:08:29.600Z")))
        .isEqualTo("2026-05-06T07:08:30.500Z");
    assertThat(TaskKind.DAY.nextRun(Instant.parse("2026-05-06T04:00:01Z")))
        .isEqualTo("2026-05-07T04:00:00Z");
  }

  @Test
  void missedWindowsAreMadeUpForAsFarBackAsTheSettingSays() {
    Instant now = Instant.parse("2026-05-06T07:08:30Z");
    Duration catchUp = Duration.ofMinutes(15);
    assertThat(TaskKind.MINUTE.window(now, Instant.parse("2026-05-06T07:06:00Z"), catchUp))
        .isEqualTo(slice("2026-05-06T07:06:00Z", "2026-05-06T07:07:00Z"));
    assertThat(TaskKind.MINUTE.window(now, Instant.parse("2026-05-06T06:58:20Z"), catchUp))
        .isEqualTo(slice("2026-05-06T06:58:00Z", "2026-05-06T07:07:00Z"));
    assertThat(TaskKind.MINUTE.window(now, Instant.EPOCH, catchUp))
        .isEqualTo(slice("2026-05-06T06:51:00Z", "2026-05-06T07:07:00Z"));
  }
}
