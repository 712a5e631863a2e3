package micromegas.tracing;

import java.time.Clock;
import java.util.List;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.LogLine;
import org.jspecify.annotations.Nullable;

/// The sinks that take the texts of logs, on the thread that logs. Thread-safe.
final class TextSinks {
  private static final Clock CLOCK = Clock.systemUTC();

  /// A sink and what it takes.
  record TextSink(EventSink sink, LevelFilter filter) {}

  private static volatile List<TextSink> sinks = List.of();

  /// Whether this thread is inside a sink; what a sink logs itself is recorded, but not printed.
  private static final ThreadLocal<boolean[]> INSIDE =
      ThreadLocal.withInitial(() -> new boolean[1]);

  private TextSinks() {}

  static void set(List<TextSink> newSinks) {
    sinks = List.copyOf(newSinks);
  }

  static void print(Level level, String target, String text, @Nullable PropertySet properties) {
    boolean[] inside = INSIDE.get();
    if (inside[0]) {
      return;
    }
    inside[0] = true;
    try {
      printAll(level, target, text, properties == null ? PropertySet.EMPTY : properties);
    } finally {
      inside[0] = false;
    }
  }

  private static void printAll(Level level, String target, String text, PropertySet properties) {
    LogLine line = null;
    for (TextSink entry : sinks) {
      if (entry.filter().passes(level, target)) {
        if (line == null) {
          line = new LogLine(CLOCK.instant(), level, target, text, properties);
        }
        entry.sink().log(line);
      }
    }
  }
}
