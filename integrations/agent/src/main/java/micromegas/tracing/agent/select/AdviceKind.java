package micromegas.tracing.agent.select;

import micromegas.tracing.agent.weave.Form;

/// The kinds of advice, whose numbers woven code holds.
public enum AdviceKind {
  JDBC_EXECUTE,
  JDBC_PREPARE,
  HTTP_SEND,
  HTTP_SEND_ASYNC,
  HTTP_EXCHANGE,
  SERVLET,
  NETTY_READ,
  NETTY_WRITE,
  NETTY_CLOSED,
  ADD_WORKER,
  POOL_EXECUTE,
  FORK_JOIN_RUN;

  /// @param argument number of the argument that the advice is told, or -1
  Form around(int argument) {
    return new Form.Around(ordinal(), -1, argument);
  }

  /// @param subject number of the argument that the advice is told instead of `this`
  /// @param argument number of the other argument that it is told
  Form around(int subject, int argument) {
    return new Form.Around(ordinal(), subject, argument);
  }
}
