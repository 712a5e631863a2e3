package micromegas.tracing.agent.select;

import java.util.List;
import java.util.Optional;
import micromegas.tracing.agent.weave.ClassConstants;
import micromegas.tracing.agent.weave.ClassFacts;
import micromegas.tracing.agent.weave.Form;
import micromegas.tracing.agent.weave.MethodFacts;

/// Chooses methods. Immutable and thread-safe.
public interface Selector {

  /// Whether a class may have a method for this; asked for every class that is loaded, so it must
  /// be quick. A class of the JDK is only looked at when this names it.
  ///
  /// @param className with dots
  /// @param constants which of the [#texts] the class file has
  boolean mayMatch(String className, ClassConstants constants);

  /// The texts among the constants of a class file that this looks for; ASCII, at most 255
  /// characters.
  default List<String> texts() {
    return List.of();
  }

  /// Tells of a class that was loaded before anything was woven, before any of these is chosen
  /// from.
  default void loaded(Class<?> type) {}

  /// Whether a class that is loaded already may have a method for this.
  ///
  /// @param className with dots
  default boolean namesClass(String className) {
    return false;
  }

  /// What is put into a method that is neither a constructor nor abstract nor native.
  Optional<Form> select(ClassFacts type, MethodFacts method);
}
