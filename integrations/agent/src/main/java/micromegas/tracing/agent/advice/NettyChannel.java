package micromegas.tracing.agent.advice;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The requests of one connection, of a server or of a client, that have not been answered, oldest
/// first: responses come in the order of requests, also when these are pipelined. Thread-safe.
final class NettyChannel {
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int FIRST_FINAL = 200;

  private final boolean isClient;
  private final Deque<ServedRequest> open = new ArrayDeque<>();
  private @Nullable ServedRequest arriving;
  private int status;

  NettyChannel(boolean isClient) {
    this.isClient = isClient;
  }

  boolean isClient() {
    return isClient;
  }

  /// A request begins, whose content may follow.
  synchronized void request(ServedRequest request) {
    open.addLast(request);
    arriving = request;
  }

  /// The request whose content arrives; null between requests.
  synchronized @Nullable ServedRequest arriving() {
    return arriving;
  }

  /// The content of a request is complete.
  synchronized void requestIsComplete() {
    arriving = null;
  }

  /// A response begins. One such as *100 Continue* is followed by another.
  synchronized void response(int responseStatus) {
    status = responseStatus;
  }

  /// A response is complete.
  void responseIsComplete() {
    ServedRequest answered;
    int seen;
    synchronized (this) {
      seen = status;
      status = 0;
      if (seen > 0 && seen < FIRST_FINAL && seen != SWITCHING_PROTOCOLS) {
        return;
      }
      answered = open.pollFirst();
    }
    if (answered != null) {
      answered.end(seen);
    }
  }

  /// The connection is closed, or nobody listens any more.
  void close(String reason) {
    while (true) {
      ServedRequest left;
      synchronized (this) {
        left = open.pollFirst();
      }
      if (left == null) {
        return;
      }
      left.fail(reason);
      left.end(0);
    }
  }
}
