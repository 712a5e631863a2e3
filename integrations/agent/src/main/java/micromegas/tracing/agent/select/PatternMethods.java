package micromegas.tracing.agent.select;

import java.util.List;
import java.util.Optional;
import micromegas.tracing.agent.weave.ClassConstants;
import micromegas.tracing.agent.weave.ClassFacts;
import micromegas.tracing.agent.weave.Form;
import micromegas.tracing.agent.weave.MethodFacts;
import org.objectweb.asm.Opcodes;

/// Methods that patterns name, without those that would only make noise: generated ones, generated
/// classes, and those with few instructions, such as accessors.
public final class PatternMethods implements Selector {
  private static final String GENERATED = "$$";

  private final List<MethodPattern> patterns;
  private final int minInstructions;
  private final SpanForms forms;

  public PatternMethods(List<MethodPattern> patterns, int minInstructions, SpanForms forms) {
    this.patterns = List.copyOf(patterns);
    this.minInstructions = minInstructions;
    this.forms = forms;
  }

  @Override
  public boolean mayMatch(String className, ClassConstants constants) {
    return namesClass(className);
  }

  @Override
  public boolean namesClass(String className) {
    if (className.contains(GENERATED)) {
      return false;
    }
    for (MethodPattern pattern : patterns) {
      if (pattern.matchesType(className)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Optional<Form> select(ClassFacts type, MethodFacts method) {
    if ((method.access() & Opcodes.ACC_SYNTHETIC) != 0
        || method.name().equals("<clinit>")
        || method.instructions() < minInstructions) {
      return Optional.empty();
    }
    for (MethodPattern pattern : patterns) {
      if (pattern.matches(type.name(), method.name())) {
        return Optional.of(forms.form(type, method, ""));
      }
    }
    return Optional.empty();
  }
}
