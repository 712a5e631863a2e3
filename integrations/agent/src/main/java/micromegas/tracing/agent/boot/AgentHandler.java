package micromegas.tracing.agent.boot;

import java.util.concurrent.Callable;

/// Does what woven code asks for. Thread-safe; throws nothing of its own.
public interface AgentHandler {

  /// Begins a span of the current thread.
  ///
  /// @return what [#end] takes
  int begin(long site);

  void end(int token);

  /// Begins an async span and makes it the context of the current thread.
  ///
  /// @return what [#endAsync] takes, or null
  Object beginAsync(int site);

  /// Leaves the context, and ends the span when the result does.
  ///
  /// @param result null for a method that has failed
  void endAsync(Object result, Object token);

  /// A method of a library begins.
  ///
  /// @param kind which one
  /// @return what [#exit] takes, or null when there is nothing to do at its end
  Object enter(int kind, Object self, Object argument);

  /// A method of a library ends.
  ///
  /// @param result null for none
  /// @param failure null for none
  void exit(int kind, Object result, Throwable failure, Object token);

  /// A task has been given to an executor.
  void submitted(Object task);

  /// Runs a task in the context of its submission.
  void run(Runnable task);

  /// A task that runs in the context of now.
  Runnable inContext(Runnable task);

  /// A task that runs in the context of now.
  <T> Callable<T> inContext(Callable<T> task);

  /// A thread is about to start.
  void starting(Thread thread);
}
