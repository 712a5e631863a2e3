package micromegas.tracing.agent.advice;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Spans of requests to servlets, from the outermost filter on, until the response is complete:
/// when it returns, or, for requests that have become asynchronous, when the container says so,
/// through all dispatches.
final class ServletAdvice implements Advice {
  /// Attribute of a request that has a span.
  private static final String ATTRIBUTE = "micromegas.tracing.agent.request";

  private static final Object NESTED = new Object();

  private final RequestSpans jakarta;
  private final RequestSpans javax;
  private final Outermost outermost = new Outermost();
  private final ClassValue<Optional<ServletCalls>> calls =
      new ClassValue<>() {
        @Override
        protected Optional<ServletCalls> computeValue(Class<?> type) {
          return Optional.ofNullable(ServletCalls.of(type));
        }
      };

  /// @param jakarta spans of requests to servlets of Jakarta Servlet
  /// @param javax of those before
  ServletAdvice(RequestSpans jakarta, RequestSpans javax) {
    this.jakarta = jakarta;
    this.javax = javax;
  }

  private record Open(
      ServletCalls servlet,
      Object request,
      @Nullable Object response,
      RequestSpans.Handling handling) {}

  /// @param self the request
  /// @param argument the response
  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    if (self == null) {
      return null;
    }
    ServletCalls servlet = calls.get(self.getClass()).orElse(null);
    if (servlet == null) {
      return null;
    }
    if (!outermost.enter()) {
      return NESTED;
    }
    return outermost.begin(() -> begin(servlet, self, argument));
  }

  private Object begin(ServletCalls servlet, Object self, @Nullable Object response) {
    RequestSpans spans = servlet.root().equals("jakarta") ? jakarta : javax;
    ServedRequest request = known(servlet.calls(), self);
    if (request == null) {
      request =
          spans.begin(
              servlet.calls().text("HttpServletRequest.getMethod", self),
              ServletPaths.of(servlet.calls(), self));
      servlet.calls().tell("ServletRequest.setAttribute", self, ATTRIBUTE, request);
    } else if (request.hasEnded()) {
      return NESTED; // the page that says what went wrong
    }
    return new Open(servlet, self, response, spans.enter(request));
  }

  /// The request that goes on with another dispatch; null for one that begins.
  private static @Nullable ServedRequest known(ForeignCalls servlet, Object request) {
    Object attribute = servlet.call("ServletRequest.getAttribute", request, ATTRIBUTE);
    if (!(attribute instanceof ServedRequest known)) {
      return null;
    }
    boolean begins =
        known.hasEnded()
            && servlet.text("ServletRequest.getDispatcherType", request).equals("REQUEST");
    return begins ? null : known;
  }

  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    outermost.leave();
    if (!(token instanceof Open open)) {
      return;
    }
    open.handling().leave();
    ServedRequest request = open.handling().request();
    if (failure != null) {
      request.fail(failure.toString());
    }
    boolean goesOn =
        Boolean.TRUE.equals(
            open.servlet().calls().call("ServletRequest.isAsyncStarted", open.request()));
    if (goesOn
        && (!request.awaitEnd()
            || AsyncEnd.await(open.servlet(), request, open.request(), open.response()))) {
      return;
    }
    request.end(open.servlet().status(open.response()));
  }
}
