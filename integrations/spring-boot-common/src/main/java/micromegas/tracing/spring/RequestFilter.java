package micromegas.tracing.spring;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import micromegas.tracing.SpanContext;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;

/// Records each request of a servlet container from its first byte to its last, through all its
/// asynchronous dispatches. What handles it is found inside, and so is its name: by
/// [RouteInterceptor], or when the first dispatch is over.
final class RequestFilter extends OncePerRequestFilter implements Ordered {
  private static final String REQUEST = RequestFilter.class.getName() + ".request";

  private final RequestSpans requests;

  RequestFilter(RequestSpans requests) {
    this.requests = requests;
  }

  /// What is recorded of a request, or null.
  static RequestSpans.@Nullable Request span(HttpServletRequest request) {
    return (RequestSpans.Request) request.getAttribute(REQUEST);
  }

  /// Around everything but what sets the encoding.
  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE + 1;
  }

  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    RequestSpans.Request known = span(request);
    RequestSpans.Request span = known == null ? requests.begin(request.getMethod()) : known;
    request.setAttribute(REQUEST, span);
    boolean returned = false;
    try (SpanContext.Attached attached = span.context().attach()) {
      chain.doFilter(request, response);
      returned = true;
    } finally {
      if (!returned) {
        span.fail();
      }
      String route = ServletRoutes.ofHandler(request);
      span.route(route == null ? ServletRoutes.ofServlet(request) : route);
      if (request.isAsyncStarted()) {
        request.getAsyncContext().addListener(new End(span), request, response);
      } else {
        span.end(response.getStatus());
      }
    }
  }

  /// Ends the span of a request whose last thread is not known.
  private record End(RequestSpans.Request span) implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) {
      span.end(
          event.getSuppliedResponse() instanceof HttpServletResponse response
              ? response.getStatus()
              : 0);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      span.fail();
    }

    @Override
    public void onError(AsyncEvent event) {
      span.fail();
    }

    /// Started again: the filter is asked once more at its end.
    @Override
    public void onStartAsync(AsyncEvent event) {
      event
          .getAsyncContext()
          .addListener(this, event.getSuppliedRequest(), event.getSuppliedResponse());
    }
  }
}
