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
/// other libraries and profilers hand over in batches. Events that happen now are recorded by call
/// sites, which is much cheaper.
///
/// ```java
/// PastEvents batch = new PastEvents();
/// batch.span(SITE, Name.of("GET /orders"), id, 0, 0, begin, end);
/// batch.log(LOG, Level.INFO, begin, "order placed", PropertySet.EMPTY);
/// batch.record();
/// ```
///
/// Ticks are those of [Ticks]; events before the start of telemetry and after now are moved there.
/// They wait for no verdict on a unit of work. Not thread-safe; never throws.
public final class PastEvents {
  private final @Nullable Engine engine = Recording.engine();
  private final List<Event> logs = new ArrayList<>();
  private final List<Event> spans = new ArrayList<>();

  private sealed interface Event {
    long ticks();
  }

  /// @param text with what is to be recorded
  private record LogEvent(
      LogStatement statement, @Nullable Reference properties, String text, long ticks)
      implements Event {}

  private record SpanEvent(
      boolean isBegin, long site, Reference name, long id, long parent, int depth, long ticks)
      implements Event {}

  /// A log event, if its level is on; it is not printed.
  public void log(Log log, Level level, long ticks, String text, PropertySet properties) {
    if (log == null) {
      return;
    }
    LogStatement statement = log.statement(level);
    if (engine != null && (statement.bits() & LogFilters.RECORD) != 0) {
      logs.add(
          new LogEvent(
              statement, PropertySet.reference(properties), String.valueOf(text), past(ticks)));
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
      long begin = past(beginTicks);
      long end = past(endTicks);
      Reference reference = Name.reference(name);
      spans.add(new SpanEvent(true, site.id(), reference, spanId, parentId, depth, begin));
      spans.add(
          new SpanEvent(
              false, site.id(), reference, spanId, parentId, depth, end - begin < 0 ? begin : end));
    }
  }

  /// Records everything that was added, in the order of time, and forgets it.
  public void record() {
    if (engine != null && engine == Recording.engine() && logs.size() + spans.size() > 0) {
      PastChain.record(engine, chain(engine, logs), chain(engine, spans));
    }
    logs.clear();
    spans.clear();
  }

  private static @Nullable PastChain chain(Engine engine, List<Event> events) {
    if (events.isEmpty()) {
      return null;
    }
    long origin = events.get(0).ticks(); // ticks may wrap around
    events.sort(Comparator.comparingLong(event -> event.ticks() - origin));
    PastChain chain = new PastChain(engine);
    for (Event event : events) {
      write(chain, event);
    }
    return chain;
  }

  private static void write(PastChain chain, Event event) {
    if (event instanceof LogEvent log) {
      LogStatement statement = log.statement();
      chain.log(
          statement.id(), statement.level().wireValue(), log.properties(), log.text(), log.ticks());
    } else if (event instanceof SpanEvent span) {
      chain.asyncSpan(
          span.isBegin(),
          span.site(),
          span.name(),
          span.id(),
          span.parent(),
          span.depth(),
          span.ticks());
    }
  }

  private long past(long ticks) {
    long now = Ticks.now();
    long start = engine == null ? now : engine.startTicks();
    return ticks - now > 0 ? now : ticks - start < 0 ? start : ticks;
  }
}
