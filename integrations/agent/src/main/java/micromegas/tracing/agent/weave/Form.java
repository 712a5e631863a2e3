package micromegas.tracing.agent.weave;

/// What is put into a method.
public sealed interface Form {

  /// A span of the thread around the body.
  ///
  /// @param site id of the call site, which the code holds as a constant
  record ThreadSpan(long site) implements Form {}

  /// An async span from the call until the stage that the method returns completes.
  ///
  /// @param site index of the call site
  record StageSpan(int site) implements Form {}

  /// Advice around the body.
  ///
  /// @param kind of advice
  /// @param subject number of the argument that it is told first, or -1 for `this`
  /// @param argument number of the argument that it is told next, or -1 for none
  record Around(int kind, int subject, int argument) implements Form {}

  /// The hook is told an object at the begin of the body.
  ///
  /// @param argument number of the argument, or -1 for `this`
  record Notify(String hook, String type, int argument) implements Form {}

  /// An argument is replaced by what the hook returns.
  ///
  /// @param type of the argument, the internal name of an interface
  record Replace(String hook, String type, int argument) implements Form {}

  /// Calls of `Runnable.run` go to the hook instead.
  record RunCalls() implements Form {}
}
