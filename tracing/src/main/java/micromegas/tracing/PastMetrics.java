package micromegas.tracing;

import java.util.Map;
import java.util.Optional;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.PastStream;
import micromegas.tracing.record.Recording;

/// A stream of samples that were taken before they are recorded, see [PastSpans]. Thread-safe; each
/// event takes a lock.
public final class PastMetrics implements AutoCloseable {
  private final PastStream stream;

  private PastMetrics(PastStream stream) {
    this.stream = stream;
  }

  /// A new stream; empty when no telemetry runs.
  public static Optional<PastMetrics> open() {
    Engine engine = Recording.engine();
    return engine == null
        ? Optional.empty()
        : Optional.of(new PastMetrics(engine.newPastStream(PastStream.Kind.METRICS, Map.of())));
  }

  /// A sample; negative ones are sent as doubles.
  public void record(IntMetric metric, long value, PropertySet properties, long ticks) {
    if (metric != null && Recording.recordsMetrics()) {
      stream.integerMetric(metric.id(), PropertySet.reference(properties), value, ticks);
    }
  }

  /// A sample.
  public void record(FloatMetric metric, double value, PropertySet properties, long ticks) {
    if (metric != null && Recording.recordsMetrics()) {
      stream.floatMetric(metric.id(), PropertySet.reference(properties), value, ticks);
    }
  }

  /// Nothing is recorded any more.
  @Override
  public void close() {
    stream.close();
  }
}
