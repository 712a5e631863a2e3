package micromegas.tracing.jfr;

import java.util.function.Supplier;
import micromegas.tracing.PastSpans;
import org.jspecify.annotations.Nullable;

/// Makes what writes to the streams of a thread.
interface StreamMaker<T> {

  /// @param opener of streams of the thread; null when no telemetry runs
  /// @return null when no telemetry runs
  @Nullable T make(Supplier<@Nullable PastSpans> opener);
}
