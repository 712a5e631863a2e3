package micromegas.tracing.agent.select;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import micromegas.tracing.agent.weave.ClassConstants;
import micromegas.tracing.agent.weave.ClassFacts;
import micromegas.tracing.agent.weave.Form;
import micromegas.tracing.agent.weave.MethodFacts;
import org.objectweb.asm.Opcodes;

/// Methods with an annotation: `@Span`, and those of other libraries that mean the same.
public final class AnnotatedMethods implements Selector {
  private static final String OWN = "Lmicromegas/tracing/Span;";

  private final List<String> descriptors = new ArrayList<>();
  private final SpanForms forms;

  /// @param foreign names of annotation classes; their `name` or `value` names the span
  public AnnotatedMethods(List<String> foreign, SpanForms forms) {
    descriptors.add(OWN);
    for (String name : foreign) {
      descriptors.add("L" + name.replace('.', '/') + ";");
    }
    this.forms = forms;
  }

  @Override
  public List<String> texts() {
    return List.copyOf(descriptors);
  }

  @Override
  public boolean mayMatch(String className, ClassConstants constants) {
    for (String descriptor : descriptors) {
      if (constants.has(descriptor)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Optional<Form> select(ClassFacts type, MethodFacts method) {
    if ((method.access() & Opcodes.ACC_SYNTHETIC) != 0) {
      return Optional.empty(); // compilers copy annotations to the bridges of a method
    }
    for (String descriptor : descriptors) {
      String name = method.annotations().get(descriptor);
      if (name != null) {
        return Optional.of(forms.form(type, method, name));
      }
    }
    return Optional.empty();
  }
}
