package micromegas.tracing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import micromegas.tracing.record.Context;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.Recording;
import micromegas.tracing.record.Reference;
import org.jspecify.annotations.Nullable;

/// A span that may end on another thread than it began on. One small object per span. Thread-safe;
/// only the first [#end] counts; nothing here throws.
public final class AsyncSpan implements AutoCloseable {
  private static final AsyncSpan NONE = new AsyncSpan(null, 0, null, 0, Context.ROOT);
  private static final VarHandle ENDED;

  static {
    try {
      ENDED = MethodHandles.lookup().findVarHandle(AsyncSpan.class, "ended", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final @Nullable Engine engine;
  private final long site;
  private final @Nullable Reference name;
  private final long id;
  private final Context parent;
  private boolean ended;

  private AsyncSpan(
      @Nullable Engine engine, long site, @Nullable Reference name, long id, Context parent) {
    this.engine = engine;
    this.site = site;
    this.name = name;
    this.id = id;
    this.parent = parent;
  }

  static AsyncSpan begin(long site, @Nullable Reference name, Context parent) {
    Engine engine = Recording.engine();
    if (engine == null || !Recording.recordsSpans()) {
      return NONE;
    }
    long id = Recording.beginAsync(site, name, parent);
    return new AsyncSpan(engine, site, name, id, parent);
  }

  /// @param id not 0, and not that of another span of the process
  static AsyncSpan begin(long site, @Nullable Reference name, Context parent, long id) {
    Engine engine = Recording.engine();
    if (engine == null || !Recording.recordsSpans()) {
      return NONE;
    }
    return new AsyncSpan(engine, site, name, Recording.beginAsync(site, name, parent, id), parent);
  }

  /// Id of the span, 0 when it is not recorded.
  public long id() {
    return id;
  }

  /// The context of what is done as part of this span.
  public SpanContext context() {
    return new SpanContext(inner());
  }

  private Context inner() {
    if (id != 0) {
      return new Context(id, parent.depth() + 1, parent.work());
    }
    return this == NONE ? Recording.context() : parent;
  }

  /// Runs a task as part of this span. Does not end it.
  public void run(Runnable task) {
    context().run(task);
  }

  /// Calls a task as part of this span. Does not end it.
  public <T extends @Nullable Object> T call(Callable<T> task) throws Exception {
    return context().call(task);
  }

  /// Ends the span, on any thread.
  public void end() {
    if (engine == null || id == 0) {
      return;
    }
    if (ENDED.compareAndSet(this, false, true)) {
      Recording.endAsync(engine, site, name, id, parent);
    } else {
      Recording.countMisuse();
    }
  }

  /// The same as [#end].
  @Override
  public void close() {
    end();
  }
}
