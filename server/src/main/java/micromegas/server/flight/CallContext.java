package micromegas.server.flight;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/// Carries a call's headers to its handler.
final class CallContext implements ServerInterceptor {
  private static final Context.Key<CallHeaders> HEADERS = Context.key("micromegas-call-headers");

  /// The headers of the call that this thread handles.
  static CallHeaders headers() {
    CallHeaders headers = HEADERS.get();
    if (headers == null) {
      throw new IllegalStateException("not in a call");
    }
    return headers;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
    CallHeaders headers = CallHeaders.of(metadata, call.getAttributes());
    return Contexts.interceptCall(
        Context.current().withValue(HEADERS, headers), call, metadata, next);
  }
}
