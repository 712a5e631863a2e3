package micromegas.tracing.agent.advice;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One copy of the Servlet API. Immutable and thread-safe.
final class ServletCalls {
  private static final List<String> ROOTS = List.of("jakarta", "javax");
  private static final String REQUEST = ".servlet.http.HttpServletRequest";

  private final String root;
  private final ClassLoader loader;
  private final ForeignCalls calls = new ForeignCalls();

  private ServletCalls(String root, ClassLoader loader) {
    this.root = root;
    this.loader = loader;
    find("http.HttpServletRequest", "getMethod", 0);
    find("http.HttpServletRequest", "getRequestURI", 0);
    find("http.HttpServletRequest", "getContextPath", 0);
    find("http.HttpServletRequest", "getPathInfo", 0);
    find("http.HttpServletRequest", "getHttpServletMapping", 0);
    find("http.HttpServletMapping", "getPattern", 0);
    find("http.HttpServletMapping", "getMappingMatch", 0);
    find("http.HttpServletResponse", "getStatus", 0);
    find("ServletRequest", "getAttribute", 1);
    find("ServletRequest", "setAttribute", 2);
    find("ServletRequest", "getDispatcherType", 0);
    find("ServletRequest", "isAsyncStarted", 0);
    find("ServletRequest", "getAsyncContext", 0);
    find("AsyncContext", "addListener", 1);
    find("AsyncEvent", "getAsyncContext", 0);
    find("AsyncEvent", "getThrowable", 0);
  }

  /// The API that a class of requests implements, or null when it is none of HTTP.
  static @Nullable ServletCalls of(@Nullable Class<?> type) {
    if (type == null) {
      return null;
    }
    for (String root : ROOTS) {
      if (type.getName().equals(root + REQUEST) && type.getClassLoader() != null) {
        return new ServletCalls(root, type.getClassLoader());
      }
    }
    for (Class<?> parent : type.getInterfaces()) {
      ServletCalls found = of(parent);
      if (found != null) {
        return found;
      }
    }
    return of(type.getSuperclass());
  }

  /// `jakarta` or `javax`.
  String root() {
    return root;
  }

  ForeignCalls calls() {
    return calls;
  }

  /// A type of the API.
  Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName(root + ".servlet." + name, false, loader);
  }

  ClassLoader loader() {
    return loader;
  }

  private void find(String type, String method, int parameters) {
    try {
      calls.find(type(type), method, parameters);
    } catch (ClassNotFoundException | LinkageError e) {
      return; // an older version
    }
  }

  int status(@Nullable Object response) {
    return calls.call("HttpServletResponse.getStatus", response) instanceof Integer status
        ? status
        : 0;
  }
}
