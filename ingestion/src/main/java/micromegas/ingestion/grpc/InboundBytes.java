package micromegas.ingestion.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import micromegas.ingestion.admission.MemoryAdmission;
import org.jspecify.annotations.Nullable;

/// Accounts for the bytes of one call as they arrive. The library keeps a message in memory until
/// it is complete, so a call must be stopped before that when the memory is full: what stops it is
/// set with [#onRefusal].
///
/// The share is given back when the stream is closed and nobody uses the message any more. Arriving
/// bytes are counted by the thread of the connection, everything else may happen on any thread.
final class InboundBytes extends ServerStreamTracer {
  /// Where a call finds its account.
  static final Context.Key<InboundBytes> KEY = Context.key("micromegas.otlp.inbound");

  private static final Runnable REFUSED = () -> {};

  private final MemoryAdmission.Share share;
  private final Consumer<Status> closed;
  private long received;

  /// The open stream, and each use of the message.
  private final AtomicInteger uses = new AtomicInteger(1);

  /// What to do when there is no room; [#REFUSED] when that was so before anybody asked.
  private final AtomicReference<@Nullable Runnable> refusal = new AtomicReference<>();

  private InboundBytes(MemoryAdmission admission, Consumer<Status> closed) {
    this.share = admission.empty();
    this.closed = closed;
  }

  /// Makes an account for each call.
  ///
  /// @param closed told how each call ended, be it by us or by the library
  static ServerStreamTracer.Factory factory(MemoryAdmission admission, Consumer<Status> closed) {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new InboundBytes(admission, closed);
      }
    };
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(KEY, this);
  }

  @Override
  public void inboundWireSize(long bytes) {
    received += bytes;
    if (!share.tryGrowTo(received)) {
      Runnable action = refusal.getAndSet(REFUSED);
      if (action != null) {
        action.run();
      }
    }
  }

  @Override
  public void streamClosed(Status status) {
    release();
    closed.accept(status);
  }

  /// Sets what to do, once, when there is no room for the message.
  void onRefusal(Runnable action) {
    if (!refusal.compareAndSet(null, action)) {
      action.run();
    }
  }

  /// Keeps the share until [#release].
  ///
  /// @return false when it has been given back already
  boolean retain() {
    return uses.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  void release() {
    if (uses.decrementAndGet() == 0) {
      share.close();
    }
  }
}
