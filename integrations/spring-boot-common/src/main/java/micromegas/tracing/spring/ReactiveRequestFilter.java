package micromegas.tracing.spring;

import java.util.concurrent.atomic.AtomicInteger;
import micromegas.tracing.SpanContext;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Records each request of a reactive server, until its response is complete, has failed or is
/// cancelled. It has its name when the response begins, at the latest when it ends. Its context is
/// current while the handling is subscribed to, and is in Reactor's context under the key
/// `SpanContext.class` for operators that go to other threads.
final class ReactiveRequestFilter implements WebFilter, Ordered {
  /// `HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE`, for applications without WebFlux.
  private static final String PATTERN =
      "org.springframework.web.reactive.HandlerMapping.bestMatchingPattern";

  private final RequestSpans requests;

  ReactiveRequestFilter(RequestSpans requests) {
    this.requests = requests;
  }

  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE + 1;
  }

  /// The pattern that has matched, after the path of the application; null for none.
  private static @Nullable String route(ServerWebExchange exchange) {
    Object pattern = exchange.getAttribute(PATTERN);
    return pattern == null
        ? null
        : RequestNames.route(
            exchange.getRequest().getPath().contextPath().value(), pattern.toString());
  }

  /// The status as far as it is set, else 0. The server may have taken away a response that is
  /// complete, or whose client has gone.
  private static int status(ServerHttpResponse response) {
    try {
      HttpStatusCode status = response.getStatusCode();
      return status == null ? 0 : status.value();
    } catch (IllegalStateException e) {
      return 0;
    }
  }

  /// Whether a failure is answered with a status below 500.
  private static boolean isOfClient(Throwable failure) {
    return failure instanceof ErrorResponse response
        && !response.getStatusCode().is5xxServerError();
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return Mono.defer(() -> {
      RequestSpans.Request request = requests.begin(exchange.getRequest().getMethod().name());
      ServerHttpResponse response = exchange.getResponse();
      AtomicInteger status = new AtomicInteger();
      response.beforeCommit(() ->
          Mono.fromRunnable(() -> {
            request.route(route(exchange));
            status.set(status(response));
          }));
      Mono<Void> handling =
          Mono.defer(() -> chain.filter(exchange))
              .doOnError(failure -> {
                if (!isOfClient(failure)) {
                  request.fail();
                }
              })
              .doFinally(how -> {
                request.route(route(exchange));
                request.end(response.isCommitted() ? status.get() : status(response));
              })
              .contextWrite(context -> context.put(SpanContext.class, request.context()));
      return Mono.from(subscriber -> {
        try (SpanContext.Attached attached = request.context().attach()) {
          handling.subscribe(subscriber);
        }
      });
    });
  }
}
