package micromegas.transit;

/// Writes the blocks of a metric stream, whose types are [ClientTypes#metricDependencies] and
/// [ClientTypes#metricObjects]. Times are absolute ticks of the process clock. Not thread-safe.
public final class MetricBlockWriter extends BlockWriter {

  public MetricBlockWriter() {
    super(ClientTypes.STATIC_STRING, ClientTypes.DESCRIPTOR);
  }

  /// @param value unsigned
  public void integer(MetricDescriptor metric, long value, long time) {
    sample(ClientTypes.METRIC_INTEGER, metric, value, time);
  }

  public void floating(MetricDescriptor metric, double value, long time) {
    sample(ClientTypes.METRIC_FLOAT, metric, Double.doubleToRawLongBits(value), time);
  }

  /// A sample with properties; those named `name`, `unit` and `target` override the metric's.
  ///
  /// @param value unsigned
  public void taggedInteger(
      MetricDescriptor metric, PropertySet properties, long value, long time) {
    taggedSample(ClientTypes.METRIC_TAGGED_INTEGER, metric, properties, value, time);
  }

  public void taggedFloating(
      MetricDescriptor metric, PropertySet properties, double value, long time) {
    taggedSample(
        ClientTypes.METRIC_TAGGED_FLOAT,
        metric,
        properties,
        Double.doubleToRawLongBits(value),
        time);
  }

  private void sample(byte type, MetricDescriptor metric, long bits, long time) {
    long id = id(metric);
    objects.begin(type, 24);
    objects.putLong(id);
    objects.putLong(bits);
    objects.putLong(time);
    countEvent();
  }

  private void taggedSample(
      byte type, MetricDescriptor metric, PropertySet properties, long bits, long time) {
    long id = id(metric);
    long set = id(properties);
    objects.begin(type, 32);
    objects.putLong(id);
    objects.putLong(set);
    objects.putLong(bits);
    objects.putLong(time);
    countEvent();
  }
}
