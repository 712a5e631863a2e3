package micromegas.tracing.clock;

import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The counter that stamps events: chosen once, when this class is initialised, and constant from
/// then on, so that compiled code reads it without a test.
///
/// Ticks are `System.nanoTime()`, which the operating system disciplines and which needs no
/// calibration; or, when the system property [#PROPERTY] or the environment variable [#VARIABLE] is
/// `counter`, the counter of the processor, which costs half as much. It is calibrated for a
/// second. Where it cannot be used, ticks are nanoseconds, and [#refusal] says why. Origin and sign
/// have no meaning. Thread-safe.
public final class TickClock {
  /// `nanotime` or `counter`.
  public static final String PROPERTY = "micromegas.telemetry.clock";

  public static final String VARIABLE = "MICROMEGAS_TELEMETRY_CLOCK";

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long CALIBRATION_NANOS = 1_000_000_000L;

  private static final Choice CHOICE = choose();
  private static final @Nullable MethodHandle COUNTER = CHOICE.counter();
  private static final long FREQUENCY = CHOICE.frequency();

  private record Choice(
      @Nullable MethodHandle counter, @Nullable Calibration calibration, String refusal) {
    long frequency() {
      return calibration == null ? NANOS_PER_SECOND : calibration.frequency();
    }
  }

  private TickClock() {}

  /// Ticks now.
  public static long now() {
    MethodHandle counter = COUNTER;
    return counter == null ? System.nanoTime() : read(counter);
  }

  private static long read(MethodHandle counter) {
    try {
      return (long) counter.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e); // two instructions that cannot fail
    }
  }

  /// Ticks per second.
  public static long frequency() {
    return FREQUENCY;
  }

  /// `nanotime` or `counter`.
  public static String name() {
    return COUNTER == null ? "nanotime" : "counter";
  }

  /// Why the counter is not used although it was asked for; empty otherwise.
  public static Optional<String> refusal() {
    return CHOICE.refusal().isEmpty() ? Optional.empty() : Optional.of(CHOICE.refusal());
  }

  /// How far ticks have moved away from `System.nanoTime()`, in nanoseconds since the calibration;
  /// empty when they are the same.
  public static OptionalLong errorNanos() {
    Calibration calibration = CHOICE.calibration();
    return calibration == null
        ? OptionalLong.empty()
        : OptionalLong.of(calibration.errorNanos(TickClock::now, System::nanoTime));
  }

  /// What the process asks for.
  ///
  /// @throws IllegalArgumentException for a value that is not known
  public static String wanted() {
    String property = System.getProperty(PROPERTY, "");
    String value = property.isBlank() ? System.getenv(VARIABLE) : property;
    if (value == null || value.isBlank() || value.trim().equals("nanotime")) {
      return "nanotime";
    }
    if (value.trim().equals("counter")) {
      return "counter";
    }
    throw new IllegalArgumentException(
        (property.isBlank()
                ? "the environment variable " + VARIABLE
                : "the system property " + PROPERTY)
            + " must be nanotime or counter: "
            + value);
  }

  private static Choice choose() {
    try {
      if (!wanted().equals("counter")) {
        return new Choice(null, null, "");
      }
      CounterClock.Result opened = CounterClock.open();
      MethodHandle handle = opened.handle().orElse(null);
      if (handle == null) {
        return new Choice(null, null, opened.refusal());
      }
      Calibration calibration =
          Calibration.measure(
              () -> read(handle), System::nanoTime, LockSupport::parkNanos, CALIBRATION_NANOS);
      return new Choice(handle, calibration, "");
    } catch (RuntimeException e) {
      return new Choice(null, null, String.valueOf(e.getMessage()));
    }
  }
}
