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
  ADD_WORKER,
  FORK_JOIN_RUN;

  /// @param argument number of the argument that the advice is told, or -1
  Form around(int argument) {
    return new Form.Around(ordinal(), argument);
  }
}
