package micromegas.tracing;

import micromegas.tracing.record.Recording;

/// Raw samples that are doubles: nothing is aggregated in the process, every sample becomes a row.
/// Thread-safe.
public final class FloatMetric {
  private final long id;

  FloatMetric(long id) {
    this.id = id;
  }

  public void record(double value) {
    Recording.floatMetric(id, null, value);
  }

  /// Records a sample with properties.
  public void record(double value, PropertySet properties) {
    Recording.floatMetric(id, properties == null ? null : properties.reference(), value);
  }

  long id() {
    return id;
  }
}
