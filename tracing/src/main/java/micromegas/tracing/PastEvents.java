package micromegas.tracing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.PastChain;
import micromegas.tracing.record.Recording;
import micromegas.tracing.record.Reference;
import org.jspecify.annotations.Nullable;

/// Events that are recorded after they happened, at the times they happened at: what exporters of
/// other libraries and profilers hand over in batches, in any order. They go to the streams that
/// the process has for such events anyway. Spans that are to look like those of a thread have a
/// stream of their own, see [PastSpans]. Events that happen now are recorded by call sites, which
/// is much cheaper.
///
/// ```java
/// PastEvents batch = new PastEvents();
/// batch.span(SITE, Name.of("GET /orders"), id, 0, 0, begin, end);
/// batch.log(LOG, Level.INFO, begin, "order placed", PropertySet.EMPTY);
/// batch.metric(LINES, 3, PropertySet.EMPTY, begin);
/// batch.record();
/// ```
///
/// Ticks are those of [Ticks]; events before the start of telemetry and after now are moved there.
/// They wait for no verdict on a unit of work. Not thread-safe; never throws.
public final class PastEvents {
  private final @Nullable Engine engine = Recording.engine();
  private final List<Event> logs = new ArrayList<>();
  private final List<Event> metrics = new ArrayList<>();
  private final List<Event> spans = new ArrayList<>();

  /// What is added to a chain when the batch is recorded.
  private interface Write {
    void to(PastChain chain, long ticks);
  }

  private record Event(long ticks, Write write) {}

  /// A log event, if its level is on; it is not printed.
  public void log(Log log, Level level, long ticks, String text, PropertySet properties) {
    if (log == null) {
      return;
    }
    LogStatement statement = log.statement(level);
    if (engine != null && (statement.bits() & LogFilters.RECORD) != 0) {
      Reference set = PropertySet.reference(properties);
      String shown = String.valueOf(text);
      int severity = statement.level().wireValue();
      add(logs, ticks, (chain, at) -> chain.log(statement.id(), severity, set, shown, at));
    }
  }

  /// A sample, if metrics are on; negative ones are sent as doubles.
  public void metric(IntMetric metric, long value, PropertySet properties, long ticks) {
    if (metric != null && engine != null && Recording.recordsMetrics()) {
      Reference set = PropertySet.reference(properties);
      add(metrics, ticks, (chain, at) -> chain.integerMetric(metric.id(), set, value, at));
    }
  }

  /// A sample, if metrics are on.
  public void metric(FloatMetric metric, double value, PropertySet properties, long ticks) {
    if (metric != null && engine != null && Recording.recordsMetrics()) {
      Reference set = PropertySet.reference(properties);
      add(metrics, ticks, (chain, at) -> chain.floatMetric(metric.id(), set, value, at));
    }
  }

  /// An async span, if spans are on.
  ///
  /// @param spanId not 0; unique in the process, see [NamedAsyncSpanSite#begin]
  /// @param parentId 0 for none
  /// @param depth number of spans around it
  public void span(
      NamedAsyncSpanSite site,
      Name name,
      long spanId,
      long parentId,
      int depth,
      long beginTicks,
      long endTicks) {
    if (site != null && engine != null && Recording.recordsSpans()) {
      Reference set = Name.reference(name);
      long id = site.id();
      long end = endTicks - beginTicks < 0 ? beginTicks : endTicks;
      add(
          spans,
          beginTicks,
          (chain, at) -> chain.asyncSpan(true, id, set, spanId, parentId, depth, at));
      add(spans, end, (chain, at) -> chain.asyncSpan(false, id, set, spanId, parentId, depth, at));
    }
  }

  /// Records everything that was added, in the order of time, and forgets it.
  public void record() {
    if (engine != null
        && engine == Recording.engine()
        && logs.size() + metrics.size() + spans.size() > 0) {
      PastChain.record(engine, chain(engine, logs), chain(engine, metrics), chain(engine, spans));
    }
    logs.clear();
    metrics.clear();
    spans.clear();
  }

  private static PastChain chain(Engine engine, List<Event> events) {
    PastChain chain = new PastChain(engine);
    if (!events.isEmpty()) {
      long origin = events.get(0).ticks(); // ticks may wrap around
      events.sort(Comparator.comparingLong(event -> event.ticks() - origin));
      events.forEach(event -> event.write().to(chain, event.ticks()));
    }
    return chain;
  }

  private void add(List<Event> to, long ticks, Write write) {
    long now = Ticks.now();
    long start = engine == null ? now : engine.startTicks();
    to.add(new Event(ticks - now > 0 ? now : ticks - start < 0 ? start : ticks, write));
  }
}
