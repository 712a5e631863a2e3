package micromegas.tracing.agent.advice;

import org.jspecify.annotations.Nullable;

/// A decoder of Netty is told that its channel has been closed.
final class NettyClosedAdvice implements Advice {
  private final NettyConnections connections;

  NettyClosedAdvice(NettyConnections connections) {
    this.connections = connections;
  }

  /// @param self the context of the decoder
  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    return self;
  }

  /// What was read up to the end of the connection has been handled.
  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    connections.closed(token);
  }
}
