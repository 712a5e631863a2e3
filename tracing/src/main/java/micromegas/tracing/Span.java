package micromegas.tracing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A method whose calls are spans. The agent (`micromegas-tracing-agent`) weaves them; without it
/// the annotation does nothing.
///
/// A call of a method that returns a `CompletionStage` or a `CompletableFuture` is an async span,
/// which ends when the stage completes; any other call is a span of its thread.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Span {

  /// The name behind `Class::`; the name of the method by default.
  String name() default "";
}
