package micromegas.tracing.jfr;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What is recorded, and how much of it at most.
///
/// @param kinds of events
/// @param threshold duration of waits, parks and I/O below which they are not recorded
/// @param pauseThreshold the same for pauses of the whole JVM
/// @param samplePeriod between two execution samples of a thread
/// @param allocationsPerSecond samples of allocations
/// @param eventsPerSecond of each kind; what is beyond is counted
/// @param stackDepth frames of a stack, the innermost ones
/// @param threads streams of threads at the same time, for waits and for samples
/// @param names different names of files, peers and classes, for each kind
/// @param diskBytes of the recorder's files
/// @param freeDiskBytes below which nothing is recorded, since a JVM whose flight recorder finds
///   the disk full ends itself
public record JfrSettings(
    Set<JfrKind> kinds,
    Duration threshold,
    Duration pauseThreshold,
    Duration samplePeriod,
    int allocationsPerSecond,
    int eventsPerSecond,
    int stackDepth,
    int threads,
    int names,
    long diskBytes,
    long freeDiskBytes) {

  private static final long MIB = 1 << 20;

  /// All kinds but exceptions and samples of processor time; waits from 10 ms, pauses from 1 ms, 50
  /// samples a second.
  public static final JfrSettings DEFAULTS =
      new JfrSettings(
          EnumSet.complementOf(EnumSet.of(JfrKind.EXCEPTIONS, JfrKind.CPU_SAMPLES)),
          Duration.ofMillis(10),
          Duration.ofMillis(1),
          Duration.ofMillis(20),
          50,
          500,
          64,
          200,
          500,
          32 * MIB,
          128 * MIB);

  public JfrSettings {
    kinds = Set.copyOf(kinds);
  }

  /// The defaults with other kinds.
  public JfrSettings withKinds(Set<JfrKind> other) {
    return new JfrSettings(
        other,
        threshold,
        pauseThreshold,
        samplePeriod,
        allocationsPerSecond,
        eventsPerSecond,
        stackDepth,
        threads,
        names,
        diskBytes,
        freeDiskBytes);
  }

  /// The same with another threshold of waits, parks and I/O.
  public JfrSettings withThreshold(Duration other) {
    return new JfrSettings(
        kinds,
        other,
        pauseThreshold,
        samplePeriod,
        allocationsPerSecond,
        eventsPerSecond,
        stackDepth,
        threads,
        names,
        diskBytes,
        freeDiskBytes);
  }

  /// The same with another budget of each kind.
  public JfrSettings withEventsPerSecond(int other) {
    return new JfrSettings(
        kinds,
        threshold,
        pauseThreshold,
        samplePeriod,
        allocationsPerSecond,
        other,
        stackDepth,
        threads,
        names,
        diskBytes,
        freeDiskBytes);
  }

  /// The duration below which events of a kind are not recorded.
  Duration threshold(JfrKind kind) {
    return switch (kind) {
      case MONITOR, PARK, PINNED, IO -> threshold;
      case SAFEPOINT -> pauseThreshold;
      case GC, SAMPLES, CPU_SAMPLES, ALLOCATION, ERRORS, EXCEPTIONS -> Duration.ZERO;
    };
  }

  /// From system properties (`micromegas.jfr.threshold.millis`) and the environment
  /// (`MICROMEGAS_JFR_THRESHOLD_MILLIS`), in this order; otherwise the defaults.
  ///
  /// @throws IllegalArgumentException for a value that cannot be understood; says where it came
  ///   from
  public static JfrSettings fromEnvironment() {
    return read(System::getProperty, System::getenv);
  }

  static JfrSettings read(
      UnaryOperator<@Nullable String> property, UnaryOperator<@Nullable String> environment) {
    Source source = new Source(property, environment);
    return new JfrSettings(
        source.kinds(),
        Duration.ofMillis(source.number("threshold_millis", 0, DEFAULTS.threshold.toMillis())),
        Duration.ofMillis(
            source.number("pause_threshold_millis", 0, DEFAULTS.pauseThreshold.toMillis())),
        Duration.ofMillis(
            source.number("sample_period_millis", 1, DEFAULTS.samplePeriod.toMillis())),
        (int) source.number("allocations_per_second", 1, DEFAULTS.allocationsPerSecond),
        (int) source.number("events_per_second", 1, DEFAULTS.eventsPerSecond),
        (int) source.number("stack_depth", 1, DEFAULTS.stackDepth),
        (int) source.number("threads", 1, DEFAULTS.threads),
        (int) source.number("names", 1, DEFAULTS.names),
        source.number("disk_bytes", MIB, DEFAULTS.diskBytes),
        source.number("free_disk_bytes", 0, DEFAULTS.freeDiskBytes));
  }

  private record Source(
      UnaryOperator<@Nullable String> property, UnaryOperator<@Nullable String> environment) {

    private record Found(String value, String origin) {}

    private @Nullable Found find(String key) {
      String name = "micromegas.jfr." + key.replace('_', '.');
      String value = property.apply(name);
      if (value != null && !value.isBlank()) {
        return new Found(value.trim(), "the system property " + name);
      }
      String variable = "MICROMEGAS_JFR_" + key.toUpperCase(Locale.ROOT);
      value = environment.apply(variable);
      return value == null || value.isBlank()
          ? null
          : new Found(value.trim(), "the environment variable " + variable);
    }

    long number(String key, long min, long otherwise) {
      Found found = find(key);
      if (found == null) {
        return otherwise;
      }
      try {
        long value = Long.parseLong(found.value());
        if (value >= min && (value <= Integer.MAX_VALUE || key.endsWith("bytes"))) {
          return value;
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            found.origin() + " is no whole number: " + found.value(), e);
      }
      throw new IllegalArgumentException(
          found.origin()
              + " must be at least "
              + min
              + " and no larger than an int: "
              + found.value());
    }

    Set<JfrKind> kinds() {
      Found found = find("kinds");
      if (found == null) {
        return DEFAULTS.kinds;
      }
      Set<JfrKind> kinds = EnumSet.noneOf(JfrKind.class);
      for (String entry : found.value().split(",", -1)) {
        if (!entry.isBlank()) {
          kinds.add(kind(entry.trim(), found.origin()));
        }
      }
      return kinds;
    }

    private static JfrKind kind(String text, String origin) {
      for (JfrKind kind : JfrKind.values()) {
        if (kind.text().equals(text)) {
          return kind;
        }
      }
      throw new IllegalArgumentException(
          origin
              + ": \""
              + text
              + "\" is none of "
              + EnumSet.allOf(JfrKind.class).stream().map(JfrKind::text).toList());
    }
  }
}
