package micromegas.tracing.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.servlet.HandlerInterceptor;

/// Names a request once Spring MVC has found what handles it, whatever kind of handler that is.
final class RouteInterceptor implements HandlerInterceptor {
  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    RequestSpans.Request span = RequestFilter.span(request);
    String route = ServletRoutes.ofHandler(request);
    if (span != null && route != null) {
      span.route(route);
    }
    return true;
  }
}
