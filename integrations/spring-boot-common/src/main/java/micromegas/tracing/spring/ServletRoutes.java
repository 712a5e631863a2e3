package micromegas.tracing.spring;

import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;
import org.jspecify.annotations.Nullable;

/// The routes of requests to a servlet container, as far as they are known when one is asked for.
final class ServletRoutes {
  /// `HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE`, for applications without Spring MVC.
  private static final String PATTERN =
      "org.springframework.web.servlet.HandlerMapping.bestMatchingPattern";

  private ServletRoutes() {}

  /// The pattern that Spring MVC has matched, after the paths of application and servlet. Null as
  /// long as there is none.
  static @Nullable String ofHandler(HttpServletRequest request) {
    Object pattern = request.getAttribute(PATTERN);
    if (pattern == null) {
      return null;
    }
    HttpServletMapping mapping = request.getHttpServletMapping();
    String servlet =
        mapping.getMappingMatch() == MappingMatch.PATH
            ? mapping.getPattern().substring(0, mapping.getPattern().length() - "/*".length())
            : "";
    // Not the path of the request itself, which may be written in many ways.
    return RequestNames.route(
        request.getServletContext().getContextPath() + servlet, pattern.toString());
  }

  /// The pattern of the servlet. Null for the one that gets whatever is left.
  static @Nullable String ofServlet(HttpServletRequest request) {
    HttpServletMapping mapping = request.getHttpServletMapping();
    MappingMatch match = mapping.getMappingMatch();
    return match == null || match == MappingMatch.DEFAULT
        ? null
        : RequestNames.route(request.getServletContext().getContextPath(), mapping.getPattern());
  }
}
