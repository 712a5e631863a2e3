package micromegas.tracing.early;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.PropertySet;
import micromegas.tracing.settings.SettingSources;
import org.junit.jupiter.api.Test;

/// What is kept of the lines of a time without telemetry, and what is not.
class EarlyBufferTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long START = Long.sum(Long.MAX_VALUE, -5); // wraps around

  private long now = START;

  private static EarlyBuffer buffer(int lines, int bytes) {
    return new EarlyBuffer(new EarlySettings(lines, bytes, 60, LevelFilter.of(Level.DEBUG)));
  }

  private EarlyLine line(Level level, String text) {
    return new EarlyLine(level, "t", text, PropertySet.EMPTY, true, now++);
  }

  private static List<String> texts(EarlyLines.Taken taken) {
    return taken.lines().stream().map(EarlyLine::text).toList();
  }

  @Test
  void linesKeepTheirOrderAndDistinctTimes() {
    EarlyBuffer buffer = buffer(100, 1 << 20);
    for (int i = 0; i < 20; i++) {
      buffer.add(
          new EarlyLine(
              Level.values()[i % 6], "t", "line " + i, PropertySet.EMPTY, true, START + i / 3));
    }
    EarlyLines.Taken taken = buffer.take(START + 20);
    assertThat(texts(taken)).hasSize(20).startsWith("line 0", "line 1").endsWith("line 19");
    for (int i = 1; i < 20; i++) {
      assertThat(taken.lines().get(i).nanos() - taken.lines().get(i - 1).nanos()).isPositive();
    }
    assertThat(taken.lines().get(0).nanos()).isEqualTo(START);
    assertThat(taken.dropped()).isZero();
  }

  @Test
  void theOldestOfTheLeastSevereGoFirst() {
    EarlyBuffer buffer = buffer(4, 1 << 20);
    buffer.add(line(Level.DEBUG, "d1"));
    buffer.add(line(Level.WARN, "w1"));
    buffer.add(line(Level.DEBUG, "d2"));
    buffer.add(line(Level.INFO, "i1"));
    buffer.add(line(Level.DEBUG, "d3")); // for d1
    buffer.add(line(Level.ERROR, "e1")); // for d2
    buffer.add(line(Level.INFO, "i2")); // for d3
    buffer.add(line(Level.TRACE, "less severe than all"));
    buffer.add(line(Level.INFO, "i3")); // for i1
    assertThat(buffer.size()).isEqualTo(4);
    EarlyLines.Taken taken = buffer.take(now);
    assertThat(texts(taken)).containsExactly("w1", "e1", "i2", "i3");
    assertThat(taken.dropped()).isEqualTo(5);
  }

  @Test
  void bytesAreBounded() {
    EarlyBuffer buffer = buffer(1_000_000, 10_000);
    for (int i = 0; i < 1_000; i++) {
      buffer.add(line(Level.INFO, "x".repeat(i % 300)));
      assertThat(buffer.bytes()).isLessThanOrEqualTo(10_000);
    }
    buffer.add(line(Level.INFO, "x".repeat(20_000))); // harms no other
    buffer.add(
        new EarlyLine(Level.INFO, "t", "", PropertySet.of("k", "é".repeat(1_000)), true, now++));
    assertThat(buffer.bytes()).isBetween(2_000L, 10_000L);
    int kept = buffer.size();
    assertThat(kept).isBetween(20, 100);
    assertThat(buffer.take(now).dropped()).isEqualTo(1_002 - kept);
    assertThat(buffer.bytes()).isZero();
    assertThat(buffer.size()).isZero();
  }

  @Test
  void everythingGoesWhenItsTimeIsOver() {
    EarlyBuffer buffer = buffer(10, 1 << 20);
    buffer.add(line(Level.INFO, "first"));
    buffer.review(START + 60 * SECOND);
    assertThat(buffer.size()).isEqualTo(1);
    buffer.review(START + 60 * SECOND + 1);
    assertThat(buffer.isOver()).isTrue();
    assertThat(buffer.size()).isZero();
    assertThat(buffer.begin()).isEmpty();
    buffer.add(line(Level.FATAL, "after it"));
    EarlyLines.Taken taken = buffer.take(now);
    assertThat(taken.lines()).isEmpty();
    assertThat(taken.dropped()).isEqualTo(1);
    // The next time without telemetry.
    now += 1_000 * SECOND;
    buffer.add(line(Level.INFO, "again"));
    assertThat(texts(buffer.take(now))).containsExactly("again");
  }

  @Test
  void aLateLineFindsTheTimeOver() {
    EarlyBuffer buffer = buffer(10, 1 << 20);
    buffer.add(line(Level.INFO, "first"));
    now += 61 * SECOND;
    buffer.add(line(Level.ERROR, "late"));
    assertThat(buffer.isOver()).isTrue();
    assertThat(buffer.take(now).lines()).isEmpty();
  }

  @Test
  void noLinesMeansNone() {
    EarlyBuffer buffer = buffer(0, 1 << 20);
    assertThat(buffer.isOver()).isTrue();
    buffer.add(line(Level.INFO, "first"));
    assertThat(buffer.take(now).lines()).isEmpty();
    assertThat(buffer.isOver()).isTrue();
  }

  @Test
  void settingsAreReadAndChecked() {
    Map<String, String> environment =
        Map.of(
            "MICROMEGAS_TELEMETRY_EARLY_LINES", "7",
            "MICROMEGAS_TELEMETRY_EARLY_BYTES", "8",
            "MICROMEGAS_TELEMETRY_LEVELS", "warn");
    EarlySettings settings =
        EarlySettings.of(new SettingSources(name -> null, environment, new Properties()));
    assertThat(settings.maxLines()).isEqualTo(7);
    assertThat(settings.maxBytes()).isEqualTo(8);
    assertThat(settings.maxSeconds()).isEqualTo(300);
    assertThat(settings.levels().passes(Level.INFO, "t")).isFalse();
    SettingSources bad =
        new SettingSources(
            Map.of("micromegas.telemetry.early.seconds", "-1")::get, Map.of(), new Properties());
    assertThatThrownBy(() -> EarlySettings.of(bad))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("micromegas.telemetry.early.seconds must be at least 0: -1");
  }
}
