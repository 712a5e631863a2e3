package micromegas.tracing;

import java.lang.Thread.UncaughtExceptionHandler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Logs failures that end a thread, asks for a flush, and calls the handler that was there before.
/// Telemetry goes on: the thread dies, not the process.
final class UncaughtFailures implements UncaughtExceptionHandler {
  private static final Duration FLUSH = Duration.ofSeconds(2);
  private static final Log LOG = Log.of("micromegas.uncaught");

  /// Needs no memory when it is logged.
  private static final LogSite OUT_OF_MEMORY =
      Sites.of("micromegas.uncaught", "", 0).fatal("a thread ended: out of memory");

  private final Telemetry telemetry;
  private final @Nullable UncaughtExceptionHandler previous;

  private UncaughtFailures(Telemetry telemetry, @Nullable UncaughtExceptionHandler previous) {
    this.telemetry = telemetry;
    this.previous = previous;
  }

  static UncaughtFailures install(Telemetry telemetry) {
    UncaughtFailures handler =
        new UncaughtFailures(telemetry, Thread.getDefaultUncaughtExceptionHandler());
    Thread.setDefaultUncaughtExceptionHandler(handler);
    return handler;
  }

  /// Puts the previous handler back, unless another one has been put since.
  void uninstall() {
    if (Thread.getDefaultUncaughtExceptionHandler() == this) {
      Thread.setDefaultUncaughtExceptionHandler(previous);
    }
  }

  @Override
  public void uncaughtException(Thread thread, Throwable failure) {
    try {
      if (failure instanceof OutOfMemoryError) {
        OUT_OF_MEMORY.log();
      }
      LOG.fatal("uncaught in thread {}", thread.getName(), failure);
      telemetry.flush(FLUSH);
    } catch (Throwable e) {
      // Out of memory again, perhaps; the previous handler must be called in any case.
      OUT_OF_MEMORY.log();
    }
    if (previous != null) {
      previous.uncaughtException(thread, failure);
    } else {
      System.err.print("Exception in thread \"" + thread.getName() + "\" ");
      failure.printStackTrace();
    }
  }
}
