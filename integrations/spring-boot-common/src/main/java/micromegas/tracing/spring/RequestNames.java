package micromegas.tracing.spring;

import java.util.Set;
import micromegas.tracing.BoundedNames;
import micromegas.tracing.Name;
import org.jspecify.annotations.Nullable;

/// Names of requests: the method and the route, such as `GET /orders/{id}`. There are so many,
/// since an application may say anything is its route. Thread-safe.
final class RequestNames {
  /// In place of the route of a request that nothing has matched: the path is the client's choice.
  static final String UNMATCHED = "(unmatched)";

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");

  private final BoundedNames names;

  /// @param max different names
  RequestNames(int max) {
    names = new BoundedNames(max, "(other requests)");
  }

  /// @param route null when nothing has matched
  Name of(String method, @Nullable String route) {
    String known = METHODS.contains(method) ? method : "OTHER";
    return names.of(known + ' ' + (route == null ? UNMATCHED : route));
  }

  /// A route with what is in front of it.
  ///
  /// @param prefix path of the application, perhaps empty
  /// @param pattern as Spring knows it, perhaps empty
  static String route(String prefix, String pattern) {
    String route = prefix + (pattern.isEmpty() || pattern.startsWith("/") ? "" : "/") + pattern;
    return route.isEmpty() ? "/" : route;
  }
}
