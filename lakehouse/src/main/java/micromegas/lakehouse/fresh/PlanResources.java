package micromegas.lakehouse.fresh;

import java.util.ArrayDeque;
import java.util.Deque;
import micromegas.lake.objects.LocalFiles.Pinned;

/// The files that must stay in place until a query ends. Thread-safe; closing twice is harmless.
final class PlanResources implements AutoCloseable {
  private final Deque<Pinned> pins = new ArrayDeque<>();
  private boolean closed;

  /// Keeps `pin` until this is closed, and returns it.
  Pinned add(Pinned pin) {
    synchronized (pins) {
      if (!closed) {
        pins.push(pin);
        return pin;
      }
    }
    pin.close();
    return pin;
  }

  @Override
  public void close() {
    synchronized (pins) {
      closed = true;
      while (!pins.isEmpty()) {
        pins.pop().close();
      }
    }
  }
}
