package micromegas.tracing.opentelemetry;

import io.opentelemetry.sdk.common.CompletableResultCode;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import micromegas.tracing.Telemetry;
import org.jspecify.annotations.Nullable;

/// The telemetry that exporters record into: whatever runs at the moment of an export. Thread-safe.
final class Session {
  private static final Duration FLUSH = Duration.ofSeconds(5);

  private @Nullable Telemetry telemetry;
  private @Nullable EpochTicks ticks;

  /// The clock of the telemetry that runs, checked now; empty when none runs.
  synchronized Optional<EpochTicks> ticks() {
    Optional<Telemetry> running = Telemetry.running();
    if (running.isEmpty()) {
      telemetry = null;
      ticks = null;
      return Optional.empty();
    }
    EpochTicks clock = ticks;
    if (clock == null || telemetry != running.get()) {
      telemetry = running.get();
      clock = new EpochTicks(running.get(), Clock.systemUTC());
      ticks = clock;
    }
    clock.check();
    return Optional.of(clock);
  }

  /// Sends what was recorded; waits for that for some seconds.
  static CompletableResultCode flush() {
    boolean sent = Telemetry.running().map(running -> running.flush(FLUSH)).orElse(true);
    return sent ? CompletableResultCode.ofSuccess() : CompletableResultCode.ofFailure();
  }
}
