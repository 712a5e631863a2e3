package micromegas.tracing.agent.advice;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/// An `AsyncListener` that ends the span of a request whose last thread is not known. The container
/// holds it with the request, and nobody else does.
final class AsyncEnd implements InvocationHandler {
  private static final String ADD_LISTENER = "AsyncContext.addListener";

  private final ServletCalls servlet;
  private final ServedRequest request;
  private final @Nullable Object response;

  private AsyncEnd(ServletCalls servlet, ServedRequest request, @Nullable Object response) {
    this.servlet = servlet;
    this.request = request;
    this.response = response;
  }

  /// Lets the container end a request whose processing is asynchronous now.
  ///
  /// @return whether it will
  static boolean await(
      ServletCalls servlet, ServedRequest served, Object request, @Nullable Object response) {
    try {
      Object listener =
          Proxy.newProxyInstance(
              servlet.loader(),
              new Class<?>[] {servlet.type("AsyncListener")},
              new AsyncEnd(servlet, served, response));
      ForeignCalls calls = servlet.calls();
      return calls.tell(
          ADD_LISTENER, calls.call("ServletRequest.getAsyncContext", request), listener);
    } catch (ClassNotFoundException | IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
    Object first = arguments == null || arguments.length == 0 ? null : arguments[0];
    switch (method.getName()) {
      case "onComplete" -> request.end(servlet.status(response));
      case "onTimeout" -> request.fail("timed out");
      case "onError" ->
          request.fail(String.valueOf(servlet.calls().call("AsyncEvent.getThrowable", first)));
      case "onStartAsync" -> startedAgain(proxy, first);
      case "hashCode" -> {
        return System.identityHashCode(proxy);
      }
      case "equals" -> {
        return proxy == first;
      }
      case "toString" -> {
        return "end of the span " + request.name();
      }
      default -> {}
    }
    return null;
  }

  /// A dispatch has become asynchronous again, which listeners do not survive.
  private void startedAgain(Object proxy, @Nullable Object event) {
    ForeignCalls calls = servlet.calls();
    if (!calls.tell(ADD_LISTENER, calls.call("AsyncEvent.getAsyncContext", event), proxy)) {
      request.end(servlet.status(response));
    }
  }
}
