package micromegas.tracing.agent.advice;

import org.jspecify.annotations.Nullable;

/// A handler of Netty passes a message on: those of the HTTP codec are requests and responses that
/// arrive.
final class NettyReadAdvice implements Advice {
  private final NettyConnections connections;

  NettyReadAdvice(NettyConnections connections) {
    this.connections = connections;
  }

  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    return self == null || argument == null ? null : connections.read(self, argument);
  }

  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    connections.wasRead(token);
  }

  @Override
  public void switchedOff() {
    connections.forget();
  }
}
