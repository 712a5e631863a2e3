package micromegas.tracing.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import java.util.HashMap;
import java.util.Map;
import micromegas.tracing.FloatMetric;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Sites;

/// Names and properties of what is recorded of a meter. Stateless.
final class Series {
  static final String SECONDS = "seconds";
  static final String COUNT = "count";

  private Series() {}

  /// The tags, interned once per meter.
  static PropertySet properties(Meter.Id id) {
    Map<String, String> pairs = new HashMap<>();
    for (Tag tag : id.getTagsAsIterable()) {
      pairs.put(tag.getKey(), tag.getValue());
    }
    return PropertySet.of(pairs);
  }

  /// The base unit of the meter, or `otherwise`.
  static String unit(Meter.Id id, String otherwise) {
    String unit = id.getBaseUnit();
    return unit == null || unit.isBlank() ? otherwise : unit;
  }

  static FloatMetric floats(Meter.Id id, String suffix, String unit, String target) {
    return Sites.of(target, "", 0).floatMetric(id.getName() + suffix, unit);
  }
}
