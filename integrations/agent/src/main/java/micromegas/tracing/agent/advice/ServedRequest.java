package micromegas.tracing.agent.advice;

import java.util.concurrent.atomic.AtomicBoolean;
import micromegas.tracing.AsyncSpan;
import micromegas.tracing.Level;
import micromegas.tracing.Log;
import micromegas.tracing.Name;
import micromegas.tracing.PropertySet;
import micromegas.tracing.SpanContext;
import micromegas.tracing.WorkUnit;
import org.jspecify.annotations.Nullable;

/// A request that a server handles, from its begin until its response is complete, on whatever
/// threads. Thread-safe; only the first [#end] counts.
final class ServedRequest {
  private static final int FAILED_STATUS = 500;
  private static final String SPAN_ID = "async_span_id";
  private static final int MAX_REASON = 1_000;

  private final Name name;
  private final Log log;
  private final AsyncSpan span;
  private final @Nullable WorkUnit unit;
  private final SpanContext inside;
  private final AtomicBoolean failed = new AtomicBoolean();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicBoolean awaited = new AtomicBoolean();

  /// @param unit whose details wait, null for none
  /// @param inside the context of what is done for it
  ServedRequest(Name name, Log log, AsyncSpan span, @Nullable WorkUnit unit, SpanContext inside) {
    this.name = name;
    this.log = log;
    this.span = span;
    this.unit = unit;
    this.inside = inside;
  }

  Name name() {
    return name;
  }

  SpanContext context() {
    return inside;
  }

  boolean hasEnded() {
    return ended.get();
  }

  /// Whether nobody has been told yet to end it later; true once.
  boolean awaitEnd() {
    return awaited.compareAndSet(false, true);
  }

  /// It has failed; only the first reason is recorded.
  void fail(String reason) {
    if (ended.get() || !failed.compareAndSet(false, true)) {
      return;
    }
    if (unit != null) {
      unit.fail();
    }
    if (log.isOn(Level.WARN)) {
      String cut = reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + "…" : reason;
      // Recorded, not printed: the console is the application's.
      PropertySet properties = PropertySet.of(SPAN_ID, Long.toString(span.id()));
      log.forward(Level.WARN, name + " failed: " + cut, properties, null);
    }
  }

  /// @param status of the response, 0 when it is not known; of 500 and more the request has failed
  void end(int status) {
    if (status >= FAILED_STATUS) {
      fail("status " + status);
    }
    if (ended.compareAndSet(false, true)) {
      span.end();
      if (unit != null) {
        unit.close();
      }
    }
  }
}
