package micromegas.tracing.agent.select;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.Sites;
import micromegas.tracing.agent.weave.ClassFacts;
import micromegas.tracing.agent.weave.Form;
import micromegas.tracing.agent.weave.MethodFacts;
import org.objectweb.asm.Type;

/// Makes call sites for methods: a span of the thread, or an async span for a method that returns a
/// stage. Thread-safe.
public final class SpanForms {
  private static final Set<String> STAGES =
      Set.of("java.util.concurrent.CompletionStage", "java.util.concurrent.CompletableFuture");

  private final List<AsyncSpanSite> stageSites = new ArrayList<>();

  /// The form of a method.
  ///
  /// @param name of the span, empty for that of the method
  Form form(ClassFacts type, MethodFacts method, String name) {
    Sites sites = Sites.of(type.name(), type.file(), method.line());
    String text = name.isEmpty() ? method.name() : name;
    if (!STAGES.contains(Type.getReturnType(method.descriptor()).getClassName())) {
      return new Form.ThreadSpan(sites.span(text).id());
    }
    synchronized (stageSites) {
      stageSites.add(sites.asyncSpan(text));
      return new Form.StageSpan(stageSites.size() - 1);
    }
  }

  /// The call site with that index.
  public AsyncSpanSite stageSite(int index) {
    synchronized (stageSites) {
      return stageSites.get(index);
    }
  }
}
