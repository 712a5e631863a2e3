package micromegas.tracing.early;

import java.util.List;
import java.util.OptionalLong;
import micromegas.tracing.DefaultContext;
import micromegas.tracing.Level;
import micromegas.tracing.PropertySet;
import micromegas.tracing.record.Limits;
import micromegas.tracing.record.Recording;
import micromegas.tracing.record.TextLimit;
import org.jspecify.annotations.Nullable;

/// The lines of logging libraries that came since the last telemetry ended, or since the start of
/// the JVM. Telemetry that starts takes them over. Not asked while telemetry runs. Thread-safe;
/// never throws; a line takes a lock.
public final class EarlyLines {
  /// Null while settings are read, should that write lines itself.
  private static final @Nullable EarlyBuffer PROCESS = new EarlyBuffer(EarlySettings.ofProcess());

  private EarlyLines() {}

  /// What was kept.
  ///
  /// @param lines in the order they came in
  /// @param dropped how many more there were
  public record Taken(List<EarlyLine> lines, long dropped) {}

  /// Whether a line may be kept now. Ask before its text is made.
  ///
  /// @param passed whether the library has let it pass by levels of its own; otherwise it is kept
  ///   when telemetry would record it by its settings
  public static boolean takes(Level level, String target, boolean passed) {
    EarlyBuffer buffer = PROCESS;
    if (buffer == null
        || buffer.isOver()
        || !passed && !buffer.settings().levels().passes(level, target)) {
      return false;
    }
    synchronized (buffer) {
      buffer.review(System.nanoTime());
      return !buffer.isOver();
    }
  }

  /// Keeps a line, or drops another.
  ///
  /// @return false when telemetry runs by now, which the line belongs to
  public static boolean keep(
      Level level, String target, String text, PropertySet properties, boolean passed) {
    EarlyBuffer buffer = PROCESS;
    if (buffer == null) {
      return Recording.engine() == null;
    }
    String fitting = TextLimit.fitting(text, Limits.TEXT_BYTES);
    PropertySet set =
        properties.asMap().isEmpty() ? PropertySet.of(DefaultContext.copy()) : properties;
    synchronized (buffer) {
      if (Recording.engine() != null) {
        return false;
      }
      buffer.add(new EarlyLine(level, target, fitting, set, passed, System.nanoTime()));
      return true;
    }
  }

  /// When the first line came, in nanoseconds of `System.nanoTime()`.
  public static OptionalLong begin() {
    EarlyBuffer buffer = PROCESS;
    if (buffer == null) {
      return OptionalLong.empty();
    }
    synchronized (buffer) {
      buffer.review(System.nanoTime());
      return buffer.begin();
    }
  }

  /// Takes all lines over.
  ///
  /// @param install makes telemetry run: each line is either taken here, or comes after it
  public static Taken handOver(Runnable install) {
    EarlyBuffer buffer = PROCESS;
    if (buffer == null) {
      install.run();
      return new Taken(List.of(), 0);
    }
    synchronized (buffer) {
      install.run();
      return buffer.take(System.nanoTime());
    }
  }
}
