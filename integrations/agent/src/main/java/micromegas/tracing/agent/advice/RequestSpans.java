package micromegas.tracing.agent.advice;

import micromegas.tracing.AsyncSpan;
import micromegas.tracing.BoundedNames;
import micromegas.tracing.KeepPolicy;
import micromegas.tracing.Log;
import micromegas.tracing.Name;
import micromegas.tracing.NamedAsyncSpanSite;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanContext;
import micromegas.tracing.WorkSite;
import micromegas.tracing.WorkUnit;
import micromegas.tracing.spi.Recorder;
import org.jspecify.annotations.Nullable;

/// The spans of requests that are handled: an async span, which is the parent of what other threads
/// do for the request, and a span of each thread that handles it, for its flame graph. Thread-safe.
final class RequestSpans {
  private final NamedAsyncSpanSite requests;
  private final NamedSpanSite handling;
  private final Log log;
  private final BoundedNames names;
  private final @Nullable WorkSite work;

  /// @param target of the spans
  /// @param policy of the details of requests, null when they are not units of work
  RequestSpans(String target, int maxNames, @Nullable KeepPolicy policy) {
    Sites sites = Sites.of(target, "", 0);
    requests = sites.namedAsyncSpan();
    handling = sites.namedSpan();
    log = Log.of(target);
    names = new BoundedNames(maxNames, "HTTP (other)");
    work = policy == null ? null : sites.work(policy);
  }

  /// A request begins; nothing is made current. Its span has no parent: what runs on the thread of
  /// a server is not the request's cause, even if a context has come there along with a task.
  ServedRequest begin(String method, String path) {
    Name name = names.of(PathShape.method(method) + " " + path);
    SpanContext.Attached outside = SpanContext.root().attach();
    try {
      if (work == null) {
        AsyncSpan span = requests.begin(name);
        return new ServedRequest(name, log, span, null, span.context());
      }
      WorkUnit unit = work.beginDetached();
      AsyncSpan span = requests.begin(name, unit.context());
      SpanContext inside = span.id() == 0 ? unit.context() : span.context();
      return new ServedRequest(name, log, span, unit, inside);
    } finally {
      outside.close();
    }
  }

  /// A request to somebody else begins, as a part of what goes on; nothing is made current.
  ServedRequest beginSent(String method, String host) {
    Name name = names.of(PathShape.method(method) + " " + host);
    AsyncSpan span = requests.begin(name);
    return new ServedRequest(name, log, span, null, span.context());
  }

  /// A thread that handles a request.
  ///
  /// @param token of its span
  record Handling(ServedRequest request, SpanContext.Attached attached, int token) {
    /// The thread goes on with something else.
    void leave() {
      Recorder.end(token);
      attached.close();
    }
  }

  /// The current thread does something small for a request, which is no span of its own.
  Handling attach(ServedRequest request) {
    return new Handling(request, request.context().attach(), 0);
  }

  /// The current thread handles a request.
  Handling enter(ServedRequest request) {
    SpanContext.Attached attached = request.context().attach();
    return new Handling(
        request, attached, Virtual.isCurrent() ? 0 : handling.begin(request.name()));
  }
}
