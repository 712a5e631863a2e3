package micromegas.examples.jfr;

import java.time.Duration;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanScope;
import micromegas.tracing.SpanSite;

/// Orders that need the stock, which only one thread may use at a time. Thread-safe.
final class Orders {
  private static final SpanSite PLACE = Sites.here().span("place");

  private int stock = 100;

  /// Takes one piece out of the stock.
  void place() {
    try (SpanScope scope = PLACE.enter()) {
      synchronized (this) {
        stock--;
      }
    }
  }

  /// Counts the stock, for a while; nobody can place an order meanwhile.
  ///
  /// @param waiting a thread that is about to place an order
  synchronized int count(Thread waiting, Duration time) {
    while (waiting.getState() != Thread.State.BLOCKED) {
      Thread.onSpinWait();
    }
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < time.toNanos()) {
      Thread.onSpinWait();
    }
    return stock;
  }
}
