package micromegas.tracing.agent.select;

import java.util.Optional;
import micromegas.tracing.agent.weave.ClassFacts;
import micromegas.tracing.agent.weave.Form;
import micromegas.tracing.agent.weave.MethodFacts;

/// Chooses methods. Immutable and thread-safe.
public interface Selector {

  /// Whether a class may have a method for this; asked for every class that is loaded, so it must
  /// be quick. A class of the JDK is only looked at when this names it.
  ///
  /// @param className with dots
  /// @param file the class file
  boolean mayMatch(String className, byte[] file);

  /// Whether a class that is loaded already may have a method for this.
  ///
  /// @param className with dots
  default boolean namesClass(String className) {
    return false;
  }

  /// What is put into a method that is neither a constructor nor abstract nor native.
  Optional<Form> select(ClassFacts type, MethodFacts method);
}
