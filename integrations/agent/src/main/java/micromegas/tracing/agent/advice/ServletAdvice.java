package micromegas.tracing.agent.advice;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/// Spans of requests to servlets, from the outermost filter on, until it returns. The classes of
/// requests live in loaders that the agent does not see, so their methods are looked up once for
/// each class.
final class ServletAdvice implements Advice {
  private static final String REQUEST = "jakarta.servlet.http.HttpServletRequest";

  private final RequestSpans spans;
  private final ClassValue<Methods> methods =
      new ClassValue<>() {
        @Override
        protected Methods computeValue(Class<?> type) {
          return Methods.of(type);
        }
      };

  ServletAdvice(int maxNames) {
    spans = new RequestSpans("jakarta.servlet.Servlet", maxNames);
  }

  /// @param method null for requests that are not HTTP
  private record Methods(@Nullable MethodHandle method, @Nullable MethodHandle path) {

    static Methods of(Class<?> type) {
      Class<?> request = find(type);
      if (request == null) {
        return new Methods(null, null);
      }
      try {
        MethodType text = MethodType.methodType(String.class);
        MethodType plain = MethodType.methodType(String.class, Object.class);
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        return new Methods(
            lookup.findVirtual(request, "getMethod", text).asType(plain),
            lookup.findVirtual(request, "getRequestURI", text).asType(plain));
      } catch (ReflectiveOperationException e) {
        return new Methods(null, null);
      }
    }

    private static @Nullable Class<?> find(@Nullable Class<?> type) {
      if (type == null || type.getName().equals(REQUEST)) {
        return type;
      }
      for (Class<?> parent : type.getInterfaces()) {
        Class<?> found = find(parent);
        if (found != null) {
          return found;
        }
      }
      return find(type.getSuperclass());
    }
  }

  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    if (argument == null) {
      return null;
    }
    Methods found = methods.get(argument.getClass());
    MethodHandle method = found.method();
    MethodHandle path = found.path();
    return method == null || path == null
        ? null
        : spans.begin(new Reflected(argument, method, path));
  }

  private record Reflected(Object request, MethodHandle getMethod, MethodHandle getPath)
      implements RequestSpans.Request {
    @Override
    public String method() {
      return call(getMethod);
    }

    @Override
    public String path() {
      return call(getPath);
    }

    private String call(MethodHandle getter) {
      try {
        return String.valueOf((String) getter.invokeExact(request));
      } catch (Throwable e) {
        return "";
      }
    }
  }

  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    spans.end(token);
  }
}
