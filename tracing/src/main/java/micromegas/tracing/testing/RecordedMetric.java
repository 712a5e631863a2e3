package micromegas.tracing.testing;

import java.util.Map;

/// A sample that was read back.
///
/// @param ticks absolute
/// @param value integers too, as far as a double holds them
/// @param isInteger whether it was sent as an integer
public record RecordedMetric(
    long ticks,
    String name,
    String unit,
    String target,
    double value,
    boolean isInteger,
    Map<String, String> properties) {}
