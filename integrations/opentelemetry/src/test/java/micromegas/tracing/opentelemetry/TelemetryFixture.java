package micromegas.tracing.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedSpanEvent;

/// Telemetry into memory.
final class TelemetryFixture implements AutoCloseable {
  static {
    OpenTelemetryBridge.install(); // before any test uses a context
  }

  final MemorySink sink = new MemorySink();
  final Telemetry telemetry =
      Telemetry.builder()
          .sink(sink)
          .spans(true)
          .recordLevels(LevelFilter.parse("debug"))
          .consoleLevels(LevelFilter.OFF)
          .jvmPeriod(Duration.ZERO)
          .shutdownHook(false)
          .start();

  void flush() {
    assertThat(telemetry.flush(Duration.ofSeconds(5))).isTrue();
  }

  List<RecordedSpanEvent> spans() {
    flush();
    return sink.spans().values().stream().flatMap(List::stream).toList();
  }

  /// The only begin of a span with that name.
  RecordedSpanEvent begin(String name) {
    return only(name, RecordedSpanEvent::isBegin);
  }

  /// The only end of a span with that name.
  RecordedSpanEvent end(String name) {
    return only(name, event -> !event.isBegin());
  }

  private RecordedSpanEvent only(String name, Predicate<RecordedSpanEvent> which) {
    List<RecordedSpanEvent> found =
        spans().stream().filter(which).filter(event -> event.name().equals(name)).toList();
    assertThat(found).as(name).hasSize(1);
    return found.get(0);
  }

  List<RecordedLog> logs(String target) {
    flush();
    return sink.logs().stream().filter(log -> log.target().equals(target)).toList();
  }

  @Override
  public void close() {
    telemetry.close();
  }
}
