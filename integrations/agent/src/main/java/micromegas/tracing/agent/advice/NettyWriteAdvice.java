package micromegas.tracing.agent.advice;

import org.jspecify.annotations.Nullable;

/// The HTTP codec of Netty encodes a message.
final class NettyWriteAdvice implements Advice {
  private final NettyConnections connections;

  NettyWriteAdvice(NettyConnections connections) {
    this.connections = connections;
  }

  /// @param self the context of the handler
  /// @param argument the message
  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    return self == null || argument == null ? null : connections.write(self, argument);
  }

  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    connections.wasWritten(token);
  }
}
