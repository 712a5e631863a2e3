package micromegas.tracing.spring;

import java.util.concurrent.atomic.AtomicBoolean;
import micromegas.tracing.AsyncSpan;
import micromegas.tracing.KeepPolicy;
import micromegas.tracing.Name;
import micromegas.tracing.NamedAsyncSpanSite;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanContext;
import micromegas.tracing.WorkSite;
import micromegas.tracing.WorkUnit;

/// Makes an async span and a unit of work of each request. Thread-safe.
final class RequestSpans {
  private static final Sites HERE = Sites.of("http.server", "", 0);
  private static final NamedAsyncSpanSite REQUEST = HERE.namedAsyncSpan();

  private final WorkSite work;

  RequestSpans(MicromegasProperties.Requests settings) {
    work = HERE.work(policy(settings));
  }

  private static KeepPolicy policy(MicromegasProperties.Requests settings) {
    if (settings.slowerThan() == null) {
      return settings.oneIn() > 0
          ? KeepPolicy.oneIn(settings.oneIn()).orFailed()
          : (duration, failed) -> true;
    }
    KeepPolicy policy = KeepPolicy.slowerThan(settings.slowerThan()).orFailed();
    return settings.oneIn() > 0 ? policy.orOneIn(settings.oneIn()) : policy;
  }

  /// Begins; nothing is made current.
  Request begin(String method, String path) {
    WorkUnit unit = work.beginDetached();
    AsyncSpan span = REQUEST.begin(Name.of(RequestNames.name(method, path)), unit.context());
    return new Request(unit, span, span.id() == 0 ? unit.context() : span.context());
  }

  /// A request that goes on. Thread-safe; only the first [#end] counts.
  static final class Request {
    private final WorkUnit unit;
    private final AsyncSpan span;
    private final SpanContext inside;
    private final AtomicBoolean ended = new AtomicBoolean();

    private Request(WorkUnit unit, AsyncSpan span, SpanContext inside) {
      this.unit = unit;
      this.span = span;
      this.inside = inside;
    }

    /// The context of what is done for it.
    SpanContext context() {
      return inside;
    }

    void fail() {
      unit.fail();
    }

    /// @param status of the response; of 500 and more the request has failed
    void end(int status) {
      if (ended.compareAndSet(false, true)) {
        if (status >= 500) {
          unit.fail();
        }
        span.end();
        unit.close();
      }
    }
  }
}
