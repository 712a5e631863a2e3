package micromegas.tracing.agent.advice;

import com.sun.net.httpserver.HttpExchange;
import org.jspecify.annotations.Nullable;

/// Spans of requests to the JDK's HTTP server, until the outermost filter or handler returns.
final class HttpExchangeAdvice implements Advice {
  private static final Object NESTED = new Object();

  private final RequestSpans spans;
  private final Outermost outermost = new Outermost();

  HttpExchangeAdvice(RequestSpans spans) {
    this.spans = spans;
  }

  private record Open(HttpExchange exchange, RequestSpans.Handling handling) {}

  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    if (!(argument instanceof HttpExchange exchange)) {
      return null;
    }
    if (!outermost.enter()) {
      return NESTED;
    }
    return outermost.begin(() -> new Open(exchange, spans.enter(request(exchange))));
  }

  private ServedRequest request(HttpExchange exchange) {
    return spans.begin(
        exchange.getRequestMethod(),
        PathShape.of(String.valueOf(exchange.getRequestURI().getPath())));
  }

  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    outermost.leave();
    if (token instanceof Open open) {
      open.handling().leave();
      ServedRequest request = open.handling().request();
      if (failure != null) {
        request.fail(failure.toString());
      }
      request.end(open.exchange().getResponseCode());
    }
  }
}
