package micromegas.tracing.spring;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import micromegas.tracing.AsyncSpan;
import micromegas.tracing.Name;
import micromegas.tracing.NamedAsyncSpanSite;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanContext;
import org.jspecify.annotations.Nullable;

/// Makes an async span of each observation of Micrometer, except those of web requests, which
/// [RequestSpans] records. While an observation has a scope on a thread, its span is the parent of
/// spans there. Thread-safe.
final class ObservationSpans implements ObservationHandler<Observation.Context> {
  private static final NamedAsyncSpanSite SPAN =
      Sites.of("micrometer.observation", "", 0).namedAsyncSpan();

  /// Contexts of web requests, whatever their observations are called; an application may have
  /// neither class.
  private static final Set<String> REQUESTS =
      Set.of(
          "org.springframework.http.server.observation.ServerRequestObservationContext",
          "org.springframework.http.server.reactive.observation.ServerRequestObservationContext");

  /// What is known of an observation, kept in its context.
  ///
  /// @param scopes open ones by thread, the newest first
  private record State(
      AsyncSpan span, SpanContext inside, Map<Thread, Deque<SpanContext.Attached>> scopes) {}

  @Override
  public boolean supportsContext(Observation.Context context) {
    return !REQUESTS.contains(context.getClass().getName());
  }

  @Override
  public void onStart(Observation.Context context) {
    AsyncSpan span = SPAN.begin(Name.of(name(context)), parent(context));
    context.put(State.class, new State(span, span.context(), new ConcurrentHashMap<>()));
  }

  /// A scheduled method is called by its name, everything else by that of the observation, which is
  /// all that is known at the begin.
  private static String name(Observation.Context context) {
    KeyValue function = context.getLowCardinalityKeyValue("code.function");
    KeyValue type = context.getLowCardinalityKeyValue("code.namespace");
    if (function != null && type != null) {
      String className = type.getValue();
      return className.substring(className.lastIndexOf('.') + 1) + "::" + function.getValue();
    }
    String contextual = context.getContextualName();
    return contextual == null ? String.valueOf(context.getName()) : contextual;
  }

  private static SpanContext parent(Observation.Context context) {
    SpanContext current = SpanContext.current();
    if (current.spanId() != 0 || context.getParentObservation() == null) {
      return current;
    }
    State parent = context.getParentObservation().getContextView().get(State.class);
    return parent == null ? current : parent.inside();
  }

  @Override
  public void onScopeOpened(Observation.Context context) {
    State state = state(context);
    if (state != null && state.span().id() != 0) {
      state
          .scopes()
          .computeIfAbsent(Thread.currentThread(), thread -> new ArrayDeque<>())
          .push(state.inside().attach());
    }
  }

  @Override
  public void onScopeClosed(Observation.Context context) {
    State state = state(context);
    if (state == null) {
      return;
    }
    Deque<SpanContext.Attached> open = state.scopes().get(Thread.currentThread());
    if (open != null && !open.isEmpty()) {
      open.pop().close();
      if (open.isEmpty()) {
        state.scopes().remove(Thread.currentThread());
      }
    }
  }

  @Override
  public void onStop(Observation.Context context) {
    State state = state(context);
    if (state != null) {
      state.span().end();
    }
  }

  private static @Nullable State state(Observation.Context context) {
    return context.get(State.class);
  }
}
