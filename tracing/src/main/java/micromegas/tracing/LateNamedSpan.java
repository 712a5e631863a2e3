package micromegas.tracing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import micromegas.tracing.record.Context;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.Recording;
import micromegas.tracing.record.Reference;
import org.jspecify.annotations.Nullable;

/// An async span that has begun before anybody knows its name, such as a request whose route is not
/// known yet. Both of its events carry the name, so its begin is recorded when [#name] says it, at
/// the latest when it ends, with the time at which it began. Spans inside need not wait for that.
///
/// ```java
/// LateNamedSpan span = REQUEST.beginUnnamed(UNMATCHED, SpanContext.current());
/// span.name(Name.of("GET /orders/{id}"));
/// span.end();
/// ```
///
/// What has no name yet is lost with the process. Thread-safe; only the first [#name] and the first
/// [#end] count; nothing here throws.
public final class LateNamedSpan implements AutoCloseable {
  private static final VarHandle NAME;
  private static final VarHandle ENDED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      NAME = lookup.findVarHandle(LateNamedSpan.class, "name", Reference.class);
      ENDED = lookup.findVarHandle(LateNamedSpan.class, "ended", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final @Nullable Engine engine;
  private final long site;
  private final Reference otherwise;
  private final long id;
  private final Context parent;
  private final long beginTicks;
  private @Nullable Reference name;

  @SuppressWarnings("unused") // through the handle
  private boolean ended;

  private LateNamedSpan(
      @Nullable Engine engine,
      long site,
      Reference otherwise,
      long id,
      Context parent,
      long beginTicks) {
    this.engine = engine;
    this.site = site;
    this.otherwise = otherwise;
    this.id = id;
    this.parent = parent;
    this.beginTicks = beginTicks;
  }

  static LateNamedSpan begin(long site, Reference otherwise, Context parent) {
    Engine engine = Recording.engine();
    long id = Recording.newSpanId();
    return engine == null || id == 0
        ? new LateNamedSpan(null, 0, otherwise, 0, parent, 0)
        : new LateNamedSpan(engine, site, otherwise, id, parent, Ticks.now());
  }

  /// Id of the span, 0 when it is not recorded.
  public long id() {
    return id;
  }

  /// The context of what is done as part of this span; that of its parent when it is not recorded.
  public SpanContext context() {
    return new SpanContext(id == 0 ? parent : new Context(id, parent.depth() + 1, parent.work()));
  }

  /// Names the span and records its begin.
  ///
  /// @return whether this is its name now; false when it had one before
  public boolean name(Name newName) {
    return name(Name.reference(newName));
  }

  private boolean name(Reference newName) {
    if (!NAME.compareAndSet(this, null, newName)) {
      return false;
    }
    if (engine != null) {
      Recording.beginEarlierAsync(engine, site, newName, id, parent, beginTicks);
    }
    return true;
  }

  /// Ends the span, on any thread.
  public void end() {
    if (engine == null) {
      return;
    }
    if (!ENDED.compareAndSet(this, false, true)) {
      Recording.countMisuse();
      return;
    }
    name(otherwise);
    Reference known = (Reference) NAME.getVolatile(this);
    Recording.endEarlierAsync(engine, site, known, id, parent);
  }

  /// The same as [#end].
  @Override
  public void close() {
    end();
  }
}
