package micromegas.tracing.spring;

import java.util.concurrent.atomic.AtomicBoolean;
import micromegas.tracing.KeepPolicy;
import micromegas.tracing.LateNamedSpan;
import micromegas.tracing.NamedAsyncSpanSite;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanContext;
import micromegas.tracing.WorkSite;
import micromegas.tracing.WorkUnit;
import org.jspecify.annotations.Nullable;

/// Makes an async span and a unit of work of each request. Thread-safe.
final class RequestSpans {
  private static final Sites HERE = Sites.of("http.server", "", 0);
  private static final NamedAsyncSpanSite REQUEST = HERE.namedAsyncSpan();

  private final WorkSite work;
  private final RequestNames names;

  RequestSpans(MicromegasProperties.Requests settings) {
    work = HERE.work(policy(settings));
    names = new RequestNames(settings.maxNames());
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
  Request begin(String method) {
    WorkUnit unit = work.beginDetached();
    LateNamedSpan span = REQUEST.beginUnnamed(names.of(method, null), unit.context());
    return new Request(names, method, unit, span);
  }

  /// A request that goes on. Thread-safe; only the first [#route] and the first [#end] count.
  static final class Request {
    private final RequestNames names;
    private final String method;
    private final WorkUnit unit;
    private final LateNamedSpan span;
    private final AtomicBoolean ended = new AtomicBoolean();

    private Request(RequestNames names, String method, WorkUnit unit, LateNamedSpan span) {
      this.names = names;
      this.method = method;
      this.unit = unit;
      this.span = span;
    }

    /// Its route is known.
    ///
    /// @param route null when it has none
    void route(@Nullable String route) {
      span.name(names.of(method, route));
    }

    /// The context of what is done for it.
    SpanContext context() {
      return span.context();
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
