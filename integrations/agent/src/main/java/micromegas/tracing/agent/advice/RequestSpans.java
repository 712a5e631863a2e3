package micromegas.tracing.agent.advice;

import micromegas.tracing.AsyncSpan;
import micromegas.tracing.BoundedNames;
import micromegas.tracing.Name;
import micromegas.tracing.NamedAsyncSpanSite;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanContext;
import micromegas.tracing.spi.Recorder;
import org.jspecify.annotations.Nullable;

/// The spans of requests that are handled: an async span, which is the parent of what other threads
/// do for the request, and one of the thread for its flame graph. Of handlers inside handlers only
/// the outermost counts. Thread-safe.
final class RequestSpans {
  private static final Object NESTED = new Object();

  private final NamedAsyncSpanSite requests;
  private final NamedSpanSite handling;
  private final Outermost outermost = new Outermost();
  private final BoundedNames names;

  /// @param target of the spans
  RequestSpans(String target, int maxNames) {
    Sites sites = Sites.of(target, "", 0);
    requests = sites.namedAsyncSpan();
    handling = sites.namedSpan();
    names = new BoundedNames(maxNames, "HTTP (other)");
  }

  /// @param token of the span of the thread
  private record Open(AsyncSpan request, SpanContext.Attached attached, int token) {}

  /// The request that is handled.
  interface Request {
    String method();

    String path();
  }

  Object begin(Request request) {
    if (!outermost.enter()) {
      return NESTED;
    }
    Name name = names.of(request.method() + " " + PathShape.of(request.path()));
    AsyncSpan span = requests.begin(name);
    SpanContext.Attached attached = span.context().attach();
    return new Open(span, attached, Virtual.isCurrent() ? 0 : handling.begin(name));
  }

  void end(@Nullable Object token) {
    outermost.leave();
    if (token instanceof Open open) {
      Recorder.end(open.token());
      open.attached().close();
      open.request().end();
    }
  }
}
