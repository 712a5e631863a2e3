package micromegas.tracing.agent.advice;

import org.jspecify.annotations.Nullable;

/// What is done at the begin and the end of a method. Thread-safe.
public interface Advice {

  /// The method begins.
  ///
  /// @param self null for a static method
  /// @param argument null when none is told
  /// @return what [#exit] takes; null when there is nothing to do at the end
  @Nullable Object enter(@Nullable Object self, @Nullable Object argument);

  /// The method ends.
  ///
  /// @param result null for none, and for one that is no object
  /// @param failure null for none
  void exit(@Nullable Object result, @Nullable Throwable failure, Object token);

  /// Recording has been switched off: this is not told of begins any more.
  default void switchedOff() {}
}
