package micromegas.programs;

import java.time.Duration;
import java.util.List;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedSpanEvent;

/// Collects garbage until a pause of the collector has been recorded.
public final class PausesProgram {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private PausesProgram() {}

  public static void main(String[] arguments) {
    MemorySink sink = new MemorySink();
    Telemetry telemetry =
        Telemetry.builder()
            .sink(sink)
            .spans(true)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .start();
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < PATIENCE.toNanos()) {
      System.gc();
      telemetry.flush(Duration.ofSeconds(10));
      for (List<RecordedSpanEvent> events : sink.spans().values()) {
        for (RecordedSpanEvent event : events) {
          if (event.name().contains("(System.gc())")) {
            System.out.println("found " + event.name());
            return;
          }
        }
      }
    }
  }
}
