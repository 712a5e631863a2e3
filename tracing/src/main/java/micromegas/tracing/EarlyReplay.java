package micromegas.tracing;

import java.util.OptionalLong;
import micromegas.tracing.clock.ProcessClock;
import micromegas.tracing.clock.TickClock;
import micromegas.tracing.early.EarlyLine;
import micromegas.tracing.early.EarlyLines;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.Loss;
import micromegas.tracing.record.PastChain;

/// Brings the lines that came before a start of telemetry into its log stream, at the times they
/// came at. The process starts with the first of them, so that their times are within its own. Made
/// and used at the start, by one thread.
final class EarlyReplay {
  /// An instant on both clocks. Lines have nanoseconds, since the choice of the clock of events may
  /// take a second (see [TickClock]), which no line should wait for.
  private final long nanos = System.nanoTime();

  private final long ticks = TickClock.now();
  private final double ticksPerNano = TickClock.frequency() / 1e9;

  private long ticks(long atNanos) {
    return ticks - Math.round((nanos - atNanos) * ticksPerNano);
  }

  /// The clock of the process, which starts no later than the first line.
  ProcessClock startOf(ProcessClock clock) {
    OptionalLong first = EarlyLines.begin();
    return first.isPresent() ? clock.from(ticks(first.getAsLong())) : clock;
  }

  /// Makes an engine record, and hands it what has come before.
  ///
  /// @param record the levels of telemetry, for lines of libraries that have none
  /// @param install makes the engine the one that records
  void start(Engine engine, LevelFilter record, Runnable install) {
    EarlyLines.Taken taken = EarlyLines.handOver(install);
    engine.losses().add(Loss.EARLY_LOGS, taken.dropped());
    PastChain logs = new PastChain(engine);
    for (EarlyLine line : taken.lines()) {
      if (line.passed() || record.passes(line.level(), line.target())) {
        LogStatement statement = Log.of(line.target()).statement(line.level());
        logs.log(
            statement.id(),
            line.level().wireValue(),
            line.properties().reference(),
            line.text(),
            ticks(line.nanos()));
      }
    }
    PastChain.record(engine, logs, new PastChain(engine), new PastChain(engine));
  }
}
