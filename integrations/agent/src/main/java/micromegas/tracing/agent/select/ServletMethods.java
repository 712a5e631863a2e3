package micromegas.tracing.agent.select;

import java.util.List;
import java.util.Optional;
import micromegas.tracing.agent.weave.ClassFacts;
import micromegas.tracing.agent.weave.Form;
import micromegas.tracing.agent.weave.MethodFacts;
import micromegas.tracing.agent.weave.Utf8Constants;
import org.objectweb.asm.Opcodes;

/// Filters and servlets of Jakarta Servlet. The outermost of a request is its span.
public final class ServletMethods implements Selector {
  private static final String REQUEST_AND_RESPONSE =
      "Ljakarta/servlet/ServletRequest;Ljakarta/servlet/ServletResponse;";
  private static final String FILTER =
      "(" + REQUEST_AND_RESPONSE + "Ljakarta/servlet/FilterChain;)V";
  private static final String SERVLET = "(" + REQUEST_AND_RESPONSE + ")V";

  private final Utf8Constants constants = new Utf8Constants(List.of(FILTER, SERVLET));

  @Override
  public boolean mayMatch(String className, byte[] file) {
    return constants.isIn(file);
  }

  @Override
  public Optional<Form> select(ClassFacts type, MethodFacts method) {
    boolean filter = method.name().equals("doFilter") && method.descriptor().equals(FILTER);
    boolean servlet = method.name().equals("service") && method.descriptor().equals(SERVLET);
    return (filter || servlet) && (method.access() & Opcodes.ACC_STATIC) == 0
        ? Optional.of(AdviceKind.SERVLET.around(0))
        : Optional.empty();
  }
}
