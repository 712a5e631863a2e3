package micromegas.server.cli;

import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// A line on standard error that is rewritten while a query takes longer than a second. Silent when
/// standard error is no terminal.
final class Progress implements AutoCloseable {
  private static final long PERIOD_MILLIS = 250;
  private static final long QUIET_MILLIS = 1_000;

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private final AtomicLong rows = new AtomicLong();
  private final AtomicBoolean shown = new AtomicBoolean();
  private final long start = System.nanoTime();

  private final String unit;

  private Progress(String unit) {
    this.unit = unit;
  }

  static Progress start(Terminal terminal) {
    return start(terminal, "rows");
  }

  /// @param unit what is counted
  static Progress start(Terminal terminal, String unit) {
    Progress progress = new Progress(unit);
    if (terminal.progress()) {
      var _ =
          progress.timer.scheduleAtFixedRate(
              progress::show, QUIET_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }
    return progress;
  }

  void rows(long count) {
    rows.set(count);
  }

  private synchronized void show() {
    if (timer.isShutdown()) {
      return;
    }
    shown.set(true);
    System.err.printf(
        Locale.ROOT,
        "\r%.1f s, %,d %s so far ",
        (System.nanoTime() - start) / 1e9,
        rows.get(),
        unit);
    System.err.flush();
  }

  @Override
  public synchronized void close() {
    timer.shutdownNow();
    if (shown.getAndSet(false)) {
      System.err.print("\r\u001b[K");
      System.err.flush();
    }
  }
}
