package micromegas.tracing;

import java.time.Clock;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import micromegas.tracing.clock.ProcessClock;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.Loss;
import micromegas.tracing.record.Recording;
import micromegas.tracing.site.Site;
import micromegas.tracing.site.SiteTable;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.uplink.Uplink;

/// What the library says about itself in its own metrics: what was lost since the last report, and
/// how far the wall clock has moved against the ticks. Called after each cut, one call at a time.
final class SelfReport implements Runnable {
  private static final String TARGET = "micromegas.tracing";

  private final Engine engine;
  private final Uplink uplink;
  private final List<EventSink> sinks;
  private final ProcessClock clock;
  private final Clock wall;
  private final Map<Loss, Long> losses = new EnumMap<>(Loss.class);
  private final Map<String, Long> counters = new HashMap<>();
  private final long dropped = metric("mm_dropped_events", "count");
  private final long offset = metric("clock_offset_ns", "nanoseconds");
  private long lostBlocks;
  private long refusedSites = SiteTable.process().refused();

  SelfReport(Engine engine, Uplink uplink, List<EventSink> sinks, ProcessClock clock, Clock wall) {
    this.engine = engine;
    this.uplink = uplink;
    this.sinks = sinks;
    this.clock = clock;
    this.wall = wall;
  }

  @Override
  public void run() {
    for (Loss loss : Loss.values()) {
      long before = losses.getOrDefault(loss, 0L);
      long now = engine.losses().count(loss);
      dropped(loss.kind(), now - before);
      losses.put(loss, now);
    }
    long refused = SiteTable.process().refused();
    dropped("sites", refused - refusedSites);
    refusedSites = refused;
    long failures = uplink.failures();
    dropped("blocks", failures - lostBlocks);
    lostBlocks = failures;
    for (EventSink sink : sinks) {
      sink.counters().forEach(this::count);
    }
    if (Recording.recordsMetrics()) {
      engine.report(offset, null, clock.offsetNanos(wall));
    }
  }

  private void dropped(String kind, long count) {
    if (count > 0) {
      engine.report(dropped, PropertySet.of("kind", kind).reference(), count);
    }
  }

  private void count(String name, long now) {
    long before = counters.getOrDefault(name, 0L);
    if (now > before) {
      counters.put(name, now);
      engine.report(metric(name, "count"), null, now - before);
    }
  }

  private static long metric(String name, String unit) {
    return SiteTable.process()
        .id(new Site.Metric(name, unit, TARGET, "", 0, Verbosity.MIN.wireValue()));
  }
}
