package micromegas.tracing.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import micromegas.tracing.SpanScope;
import micromegas.transit.EventRecords;
import org.jspecify.annotations.Nullable;

/// The way from call sites, which are static, to the engine of the moment. This is the only mutable
/// static state of recording; without an engine everything here does nothing. Thread-safe.
public final class Recording {
  private static final ThreadContexts STARTING = new ThreadContexts();
  private static final VarHandle SPANS;

  static {
    try {
      SPANS = MethodHandles.lookup().findStaticVarHandle(Recording.class, "spans", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// Whether spans begin; read opaquely, so that a loop sees the switch some time.
  private static boolean spans;

  private static volatile @Nullable Engine engine;
  private static volatile @Nullable Engine metricsEngine;

  /// Attached to logs and metrics that have no properties of their own.
  private static volatile @Nullable Reference defaultProperties;

  /// Changes the properties of logs and metrics, or null.
  private static volatile @Nullable Marker marker;

  /// Says more of logs and metrics than their call sites do.
  @FunctionalInterface
  public interface Marker {
    /// The properties of an event of the current thread, in place of its own.
    @Nullable Reference mark(@Nullable Reference properties);
  }

  private Recording() {}

  // ---- switches

  /// Makes an engine the one that records.
  ///
  /// @return false when there is one
  public static synchronized boolean install(Engine newEngine, boolean spansOn, boolean metricsOn) {
    if (engine != null) {
      return false;
    }
    engine = newEngine;
    metricsEngine = metricsOn ? newEngine : null;
    SPANS.setVolatile(spansOn);
    return true;
  }

  /// Ends recording, if that engine is the one that records.
  public static synchronized void uninstall(Engine oldEngine) {
    if (engine == oldEngine) {
      SPANS.setVolatile(false);
      metricsEngine = null;
      engine = null;
      ThreadScopes.forgetAll();
    }
  }

  public static synchronized void switchSpans(boolean on) {
    if (engine != null) {
      SPANS.setVolatile(on);
    }
  }

  public static synchronized void switchMetrics(boolean on) {
    metricsEngine = on ? engine : null;
  }

  public static boolean recordsSpans() {
    return (boolean) SPANS.getOpaque();
  }

  public static boolean recordsMetrics() {
    return metricsEngine != null;
  }

  /// The engine that records, or null.
  public static @Nullable Engine engine() {
    return engine;
  }

  public static void setDefaultProperties(@Nullable Reference properties) {
    defaultProperties = properties;
  }

  public static void setMarker(@Nullable Marker newMarker) {
    marker = newMarker;
  }

  // ---- spans

  /// Begins a span of the current thread.
  public static SpanScope enter(long site) {
    if (!(boolean) SPANS.getOpaque()) {
      return NoScope.INSTANCE;
    }
    ThreadScope scope = ThreadScopes.get();
    return (scope != null ? scope : newScope()).begin(site);
  }

  /// Begins a span of the current thread with a name of its own.
  public static SpanScope enter(long location, Reference name) {
    if (!(boolean) SPANS.getOpaque()) {
      return NoScope.INSTANCE;
    }
    ThreadScope scope = ThreadScopes.get();
    return (scope != null ? scope : newScope()).begin(location, name);
  }

  /// Begins a span of the current thread.
  ///
  /// @return what [#exit] ends it with; 0 when nothing is recorded
  public static int enterWithToken(long site) {
    if (!(boolean) SPANS.getOpaque()) {
      return 0;
    }
    ThreadScope scope = scope();
    return scope.begin(site) == scope ? scope.depth() : 0;
  }

  /// Begins a span of the current thread with a name of its own.
  ///
  /// @return what [#exit] ends it with; 0 when nothing is recorded
  public static int enterWithToken(long location, Reference name) {
    if (!(boolean) SPANS.getOpaque()) {
      return 0;
    }
    ThreadScope scope = scope();
    return scope.begin(location, name) == scope ? scope.depth() : 0;
  }

  /// Ends the span with that token, and before it those that were left open in it.
  public static void exit(int token) {
    if (token > 0) {
      scope().closeTo(token - 1);
    }
  }

  /// Something was closed on the wrong thread or once too often.
  public static void countMisuse() {
    Engine current = engine;
    if (current != null) {
      current.losses().add(Loss.MISUSE);
    }
  }

  // ---- async spans

  /// Begins an async span; it is not made current.
  ///
  /// @return its id, or 0 when it is not recorded
  public static long beginAsync(long site, @Nullable Reference name, Context parent) {
    Engine current = engine;
    if (current == null || !(boolean) SPANS.getOpaque()) {
      return 0;
    }
    return scope().beginAsync(current, site, name, parent.spanId(), parent.depth(), parent.work());
  }

  /// Begins an async span whose id comes from elsewhere; it is not made current.
  ///
  /// @param id not 0, and not that of another span of the process
  /// @return the id, or 0 when it is not recorded
  public static long beginAsync(long site, @Nullable Reference name, Context parent, long id) {
    Engine current = engine;
    if (current == null
        || !(boolean) SPANS.getOpaque()
        || Thread.currentThread() instanceof SdkThread) {
      return 0;
    }
    byte type = name == null ? EventRecords.BEGIN_ASYNC_SPAN : EventRecords.BEGIN_NAMED_ASYNC_SPAN;
    return current.asyncSpan(type, site, name, id, parent.spanId(), parent.depth(), parent.work());
  }

  /// The id of an async span whose begin is written later, or 0 when spans are off.
  public static long newSpanId() {
    Engine current = engine;
    return current == null
            || !(boolean) SPANS.getOpaque()
            || Thread.currentThread() instanceof SdkThread
        ? 0
        : current.newSpanId();
  }

  /// Writes the begin of an async span that began before, in the engine of now; on any thread.
  public static void beginEarlierAsync(
      Engine begun, long site, Reference name, long id, Context parent, long ticks) {
    if (begun == engine) {
      begun.beginEarlierAsyncSpan(
          site, name, id, parent.spanId(), parent.depth(), ticks, parent.work());
    }
  }

  /// Ends such a span, in the stream of its begin.
  public static void endEarlierAsync(
      Engine begun, long site, Reference name, long id, Context parent) {
    if (begun == engine && !(Thread.currentThread() instanceof SdkThread)) {
      begun.endAsyncSpan(site, name, id, parent.spanId(), parent.depth(), parent.work());
    }
  }

  /// Ends an async span that began in the engine of now; on any thread.
  public static void endAsync(
      Engine begun, long site, @Nullable Reference name, long id, Context parent) {
    if (begun == engine) {
      scope().endAsync(begun, site, name, id, parent.spanId(), parent.depth(), parent.work());
    }
  }

  /// What new async spans of the current thread belong to.
  public static Context context() {
    ThreadScope scope = ThreadScopes.get();
    if (scope == null && STARTING.isEmpty()) {
      Context inherited = ScopedContext.inherited();
      return inherited == null ? Context.ROOT : inherited;
    }
    scope = scope == null ? newScope() : scope;
    return scope.contextId() == 0 && scope.work() == null
        ? Context.ROOT
        : new Context(scope.contextId(), scope.contextDepth(), scope.work());
  }

  /// Calls a task as part of a context. Spans that it leaves open are ended.
  public static <T extends @Nullable Object> T call(Context context, Callable<T> task)
      throws Exception {
    Attachment attachment = attach(context);
    try {
      return ScopedContext.call(context, task);
    } finally {
      attachment.restore();
    }
  }

  /// Makes a context the current one of this thread, until it is detached there.
  public static Attachment attach(Context context) {
    return Attachment.attach(scope(), context);
  }

  /// Gives a thread that is about to start a context, which it begins with.
  public static void inherit(Thread thread, Context context) {
    if (context != Context.ROOT) {
      STARTING.put(thread, context);
    }
  }

  // ---- metrics

  public static void integerMetric(long descriptor, @Nullable Reference properties, long value) {
    Engine current = metricsEngine;
    if (current != null) {
      current.integerMetric(descriptor, orDefault(properties), value);
    }
  }

  public static void floatMetric(long descriptor, @Nullable Reference properties, double value) {
    Engine current = metricsEngine;
    if (current != null) {
      current.floatMetric(descriptor, orDefault(properties), value);
    }
  }

  // ---- logs and images

  /// Appends a log event.
  ///
  /// @param level as on the wire
  /// @param constant the text of the descriptor
  /// @param text null for `constant`
  /// @param detail whether it waits for a verdict when a unit of work is open
  /// @param always whether it is recorded when none is
  public static void log(
      long descriptor,
      int level,
      @Nullable Reference properties,
      String constant,
      @Nullable String text,
      boolean detail,
      boolean always) {
    Engine current = engine;
    if (current == null) {
      return;
    }
    Work work = detail ? detailWork(level) : null;
    if (work == null && !always) {
      return;
    }
    Reference set = orDefault(properties);
    current.log(descriptor, level, set, text == null && set != null ? constant : text, work);
  }

  /// Whether a log of that level would wait for a verdict.
  ///
  /// @param level as on the wire
  public static boolean waits(int level) {
    return detailWork(level) != null;
  }

  private static @Nullable Work detailWork(int level) {
    ThreadScope scope = ThreadScopes.get();
    Work work = scope == null ? inheritedWork() : scope.work();
    return work != null && level <= work.detail() ? work : null;
  }

  private static @Nullable Work inheritedWork() {
    Context inherited = ScopedContext.inherited();
    return inherited == null ? null : inherited.work();
  }

  public static void image(String name, String format, ByteBuffer content) {
    Engine current = engine;
    if (current != null) {
      current.image(name, format, content);
    }
  }

  private static @Nullable Reference orDefault(@Nullable Reference properties) {
    Reference set = properties != null ? properties : defaultProperties;
    Marker current = marker;
    return current == null ? set : current.mark(set);
  }

  // ---- units of work

  /// Begins a unit of work on the current thread.
  ///
  /// @param detail the least severe level of logs that wait, as on the wire
  /// @return null when nothing is recorded; the enclosing unit when there is one
  public static @Nullable Work beginWork(int detail) {
    Engine current = engine;
    if (current == null) {
      return null;
    }
    ThreadScope scope = scope();
    Work enclosing = scope.work();
    if (enclosing != null) {
      return enclosing;
    }
    Work work = current.works().begin(detail);
    scope.beginWork(work);
    return work;
  }

  /// Begins a unit of work that belongs to no thread.
  public static @Nullable Work beginDetachedWork(int detail) {
    Engine current = engine;
    return current == null ? null : current.works().begin(detail);
  }

  /// Ends a unit of work: gives the verdict, then ends waiting.
  ///
  /// @param onThread whether this thread has begun it
  public static void endWork(Work work, boolean keep, boolean onThread) {
    work.engine().works().decide(work, keep);
    leaveWork(work, onThread);
  }

  /// Ends waiting for a unit that has a verdict.
  public static void leaveWork(Work work, boolean onThread) {
    ThreadScope scope = ThreadScopes.get();
    if (onThread && scope != null && scope.work() == work) {
      scope.endWork();
    }
  }

  // ---- threads

  private static ThreadScope scope() {
    ThreadScope scope = ThreadScopes.get();
    return scope != null ? scope : newScope();
  }

  private static ThreadScope newScope() {
    Thread thread = Thread.currentThread();
    ThreadScope scope =
        thread instanceof SdkThread
            ? new MutedScope(thread)
            : VirtualThreads.isVirtual(thread) ? new TaskScope(thread) : new ThreadRecorder(thread);
    Context given = STARTING.take(thread);
    Context inherited = given == null ? ScopedContext.inherited() : given;
    if (inherited != null) {
      scope.setContext(inherited.spanId(), inherited.depth());
      if (inherited.work() != null && scope instanceof TaskScope) {
        scope.inheritWork(inherited.work());
      }
    }
    ThreadScopes.set(scope);
    if (engine == null) {
      ThreadScopes.forget(); // nobody would do that later
    }
    return scope;
  }
}
