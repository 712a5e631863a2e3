package micromegas.tracing.agent.advice;

import com.sun.net.httpserver.HttpExchange;
import org.jspecify.annotations.Nullable;

/// Spans of requests to the JDK's HTTP server.
final class HttpExchangeAdvice implements Advice {
  private final RequestSpans spans;

  HttpExchangeAdvice(int maxNames) {
    spans = new RequestSpans("com.sun.net.httpserver.HttpServer", maxNames);
  }

  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    return argument instanceof HttpExchange exchange ? spans.begin(request(exchange)) : null;
  }

  private static RequestSpans.Request request(HttpExchange exchange) {
    return new RequestSpans.Request() {
      @Override
      public String method() {
        return exchange.getRequestMethod();
      }

      @Override
      public String path() {
        return String.valueOf(exchange.getRequestURI().getPath());
      }
    };
  }

  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    spans.end(token);
  }
}
