package micromegas.tracing.micrometer;

import static io.micrometer.core.instrument.config.validate.PropertyValidator.getDuration;
import static io.micrometer.core.instrument.config.validate.PropertyValidator.getString;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.step.StepRegistryConfig;
import java.time.Duration;

/// Settings of a [MicromegasMeterRegistry], by default from properties `micromegas.*` of whatever
/// [#get] reads.
///
/// ```java
/// MicromegasRegistryConfig config = key -> properties.getProperty(key);
/// ```
@FunctionalInterface
public interface MicromegasRegistryConfig extends StepRegistryConfig {
  /// Everything by default.
  MicromegasRegistryConfig DEFAULT = key -> null;

  @Override
  default String prefix() {
    return "micromegas";
  }

  /// Time between two samples of a meter in step mode; `micromegas.step`, 10 s by default.
  @Override
  default Duration step() {
    return getDuration(this, "step").orElse(Duration.ofSeconds(10));
  }

  /// Target of the metrics; `micromegas.target`, `micrometer` by default.
  default String target() {
    return getString(this, "target").orElse("micrometer");
  }

  /// What meters in event mode have names that begin with, separated by commas, `*` for all;
  /// `micromegas.events`, none by default.
  default String events() {
    return getString(this, "events").orElse("");
  }

  /// Whether a counter, timer or distribution summary is in event mode: each of its samples is
  /// recorded as it is. Asked once per meter.
  default boolean isEvents(Meter.Id id) {
    for (String part : events().split(",")) {
      String prefix = part.strip();
      if (prefix.equals("*") || !prefix.isEmpty() && id.getName().startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
