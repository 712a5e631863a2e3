package micromegas.server.flight;

import com.google.protobuf.Empty;
import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import org.jspecify.annotations.Nullable;

/// Every method whose path ends in `/health` answers OK with an empty body: what load balancers
/// ask.
final class HealthMethods extends HandlerRegistry {
  @Override
  public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
      String methodName, @Nullable String authority) {
    if (!methodName.equals("health") && !methodName.endsWith("/health")) {
      return null;
    }
    MethodDescriptor<Empty, Empty> method =
        MethodDescriptor.<Empty, Empty>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(methodName)
            .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .build();
    return ServerMethodDefinition.create(
        method,
        ServerCalls.asyncUnaryCall((Empty request, io.grpc.stub.StreamObserver<Empty> observer) -> {
          observer.onNext(Empty.getDefaultInstance());
          observer.onCompleted();
        }));
  }
}
