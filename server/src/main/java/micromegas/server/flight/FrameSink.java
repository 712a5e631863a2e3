package micromegas.server.flight;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The sending side of one DoGet: blocks while the client does not read, and tells when it left.
///
/// Used by the thread that streams; the handlers run on gRPC's threads.
final class FrameSink {
  private final ServerCallStreamObserver<FlightFrame> observer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Runnable onCancel = () -> {};
  private boolean cancelled;

  /// Must be made while the call's handler runs, since gRPC accepts its callbacks only then.
  ///
  /// @param sendAheadBytes bytes that may wait in the transport before [#send] blocks
  FrameSink(ServerCallStreamObserver<FlightFrame> observer, int sendAheadBytes) {
    this.observer = observer;
    observer.setOnReadyThreshold(sendAheadBytes);
    observer.setOnReadyHandler(this::signal);
    observer.setOnCancelHandler(this::cancel);
  }

  /// Waits until the transport takes more, then sends; the frame's buffers are free afterwards.
  ///
  /// @throws CancellationException when the client left
  void send(FlightFrame frame) {
    awaitReady();
    observer.onNext(frame);
  }

  void complete() {
    observer.onCompleted();
  }

  void fail(Throwable status) {
    if (!observer.isCancelled()) {
      observer.onError(status);
    }
  }

  /// Runs `action` once when the client leaves, at once when it has left already; replaces the
  /// action given before.
  void whenCancelled(Runnable action) {
    lock.lock();
    try {
      onCancel = action;
      if (!cancelled) {
        return;
      }
    } finally {
      lock.unlock();
    }
    action.run();
  }

  boolean isCancelled() {
    return observer.isCancelled();
  }

  private void awaitReady() {
    lock.lock();
    try {
      while (!cancelled && !observer.isCancelled() && !observer.isReady()) {
        changed.awaitUninterruptibly();
      }
      if (cancelled || observer.isCancelled()) {
        throw new CancellationException("the client left");
      }
    } finally {
      lock.unlock();
    }
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void cancel() {
    Runnable action;
    lock.lock();
    try {
      cancelled = true;
      action = onCancel;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    action.run();
  }
}
