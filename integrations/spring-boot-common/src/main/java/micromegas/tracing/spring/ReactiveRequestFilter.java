package micromegas.tracing.spring;

import micromegas.tracing.SpanContext;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Records each request of a reactive server, until its response is complete, has failed or is
/// cancelled. Its context is current while the handling is subscribed to, and is in Reactor's
/// context under the key `SpanContext.class` for operators that go to other threads.
final class ReactiveRequestFilter implements WebFilter, Ordered {
  private final RequestSpans requests;

  ReactiveRequestFilter(RequestSpans requests) {
    this.requests = requests;
  }

  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE + 1;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return Mono.defer(() -> {
      RequestSpans.Request request =
          requests.begin(
              exchange.getRequest().getMethod().name(), exchange.getRequest().getPath().value());
      Mono<Void> handling =
          Mono.defer(() -> chain.filter(exchange))
              .doOnError(failure -> request.fail())
              .doFinally(how -> {
                HttpStatusCode status = exchange.getResponse().getStatusCode();
                request.end(status == null ? 0 : status.value());
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
