package micromegas.tracing.agent.select;

import java.util.List;
import java.util.Optional;
import micromegas.tracing.agent.weave.ClassConstants;
import micromegas.tracing.agent.weave.ClassFacts;
import micromegas.tracing.agent.weave.Form;
import micromegas.tracing.agent.weave.MethodFacts;
import org.objectweb.asm.Opcodes;

/// Filters and servlets, of Jakarta Servlet and of Java Servlet before it. The outermost of a
/// request is its span.
public final class ServletMethods implements Selector {
  private static final List<String> FILTERS =
      List.of(descriptor("jakarta", true), descriptor("javax", true));
  private static final List<String> SERVLETS =
      List.of(descriptor("jakarta", false), descriptor("javax", false));

  private static String descriptor(String root, boolean filter) {
    String type = "L" + root + "/servlet/";
    String chain = filter ? type + "FilterChain;" : "";
    return "(" + type + "ServletRequest;" + type + "ServletResponse;" + chain + ")V";
  }

  @Override
  public List<String> texts() {
    return List.of(FILTERS.get(0), FILTERS.get(1), SERVLETS.get(0), SERVLETS.get(1));
  }

  @Override
  public boolean mayMatch(String className, ClassConstants constants) {
    return texts().stream().anyMatch(constants::has);
  }

  @Override
  public Optional<Form> select(ClassFacts type, MethodFacts method) {
    boolean filter = method.name().equals("doFilter") && FILTERS.contains(method.descriptor());
    boolean servlet = method.name().equals("service") && SERVLETS.contains(method.descriptor());
    return (filter || servlet) && (method.access() & Opcodes.ACC_STATIC) == 0
        ? Optional.of(AdviceKind.SERVLET.around(0, 1))
        : Optional.empty();
  }
}
