package micromegas.tracing.uplink;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import micromegas.tracing.clock.ProcessClock;
import micromegas.tracing.clock.TickClock;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.PastStream;
import micromegas.tracing.record.Stripes;
import micromegas.tracing.record.ThreadStream;
import micromegas.tracing.record.Work;
import micromegas.tracing.site.SiteTable;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.StreamKind;
import micromegas.transit.Lz4FrameWriter;
import org.jspecify.annotations.Nullable;

/// All streams of one engine, and the cutting of their blocks. Used by one thread at a time.
final class Cutters {
  private static final Map<String, String> VIRTUAL_THREADS =
      Map.of("thread-name", "virtual-threads", "thread-id", "0");

  private final UUID processId;
  private final Engine engine;
  private final ProcessClock clock;
  private final List<EventSink> sinks;
  private final UplinkSettings settings;
  private final Sampling sampling;
  private final Lz4FrameWriter compressor;
  private final Map<StreamKind, EventLayout> layouts = new EnumMap<>(StreamKind.class);
  private final Map<StreamKind, BlockAssembler> assemblers = new EnumMap<>(StreamKind.class);
  private final List<ThreadCutter> threads = new ArrayList<>();
  private final List<PastCutter> past = new ArrayList<>();
  private final StripeCutter logs;
  private final StripeCutter metrics;
  private final StripeCutter spans;
  private final StripeCutter images;
  private long failures;

  Cutters(
      UUID processId,
      Engine engine,
      ProcessClock clock,
      List<EventSink> sinks,
      UplinkSettings settings,
      Sampling sampling) {
    this.processId = processId;
    this.engine = engine;
    this.clock = clock;
    this.sinks = sinks;
    this.settings = settings;
    this.sampling = sampling;
    this.compressor = Lz4FrameWriter.portable(settings.highCompression());
    for (StreamKind kind : StreamKind.values()) {
      EventLayout layout = EventLayout.of(kind);
      layouts.put(kind, layout);
      assemblers.put(kind, new BlockAssembler(kind, layout, compressor, SiteTable.process()));
    }
    logs = shared(StreamKind.LOGS, engine.logs(), Map::of);
    metrics = shared(StreamKind.METRICS, engine.metrics(), Map::of);
    spans = shared(StreamKind.SPANS, engine.spans(), () -> VIRTUAL_THREADS);
    images = shared(StreamKind.IMAGES, engine.images(), Map::of);
  }

  private StripeCutter shared(
      StreamKind kind, Stripes stripes, Supplier<Map<String, String>> properties) {
    return new StripeCutter(
        stripes,
        layout(kind),
        output(kind, properties, clock.startTicks()),
        engine.pool(),
        settings.maxBlockBytes());
  }

  private BlockOutput output(
      StreamKind kind, Supplier<Map<String, String>> properties, long begin) {
    return new BlockOutput(
        processId, kind, layout(kind), clock, sinks, sampling, properties, begin);
  }

  /// Cuts everything.
  ///
  /// @param last whether nothing is recorded any more, so that what waits for a verdict is kept
  void cut(boolean last) {
    long now = TickClock.now();
    engine.works().keepOlderThan(last ? now : now - clock.ticks(settings.workPatience()));
    takeNewThreads();
    long nanos = System.nanoTime();
    for (Iterator<ThreadCutter> all = threads.iterator(); all.hasNext(); ) {
      ThreadCutter cutter = all.next();
      ThreadStream stream = cutter.stream();
      Work pending = stream.pendingWork();
      if (pending != null
          && pending.beginTicks() - now + clock.ticks(settings.workPatience()) < 0) {
        engine.works().decide(pending, true);
      }
      boolean ended = !stream.owner().isAlive(); // before the cut: then nothing comes after it
      if (ended) {
        stream.adoptWaiting(engine.pool());
      }
      guarded(StreamKind.SPANS, assembler -> cutter.cut(assembler, engine.pool(), last));
      if (ended && stream.isFinished()) {
        engine.forget(stream);
        all.remove();
      } else {
        stream.reclaim(engine.pool(), nanos);
      }
    }
    cutPast();
    engine.works().closeRest();
    for (Engine.Kept kept = engine.pollKept(); kept != null; kept = engine.pollKept()) {
      logs.add(kept.logs());
      metrics.add(kept.metrics());
      spans.add(kept.spans());
    }
    guarded(StreamKind.SPANS, assembler -> spans.cut(assembler, now));
    guarded(StreamKind.LOGS, assembler -> logs.cut(assembler, now));
    guarded(StreamKind.METRICS, assembler -> metrics.cut(assembler, now));
    guarded(StreamKind.IMAGES, assembler -> images.cut(assembler, now));
    sampling.review(last);
  }

  private void cutPast() {
    PastStream added = engine.pollNewPastStream();
    while (added != null) {
      PastStream stream = added;
      past.add(
          new PastCutter(
              stream,
              begin -> output(StreamKind.SPANS, stream::properties, begin),
              settings.maxBlockBytes()));
      added = engine.pollNewPastStream();
    }
    for (Iterator<PastCutter> all = past.iterator(); all.hasNext(); ) {
      PastCutter cutter = all.next();
      guarded(StreamKind.SPANS, assembler -> cutter.cut(assembler, engine.pool()));
      if (cutter.stream().isFinished()) {
        all.remove();
      }
    }
  }

  /// Blocks that could not be made since the start.
  long failures() {
    return failures;
  }

  private interface Cut {
    void with(BlockAssembler assembler);
  }

  /// One stream that fails must not keep the others from being sent.
  private void guarded(StreamKind kind, Cut cut) {
    BlockAssembler assembler = assemblers.get(kind);
    if (assembler == null) {
      throw new IllegalStateException("no assembler for " + kind);
    }
    try {
      cut.with(assembler);
    } catch (RuntimeException | Error e) {
      failures++;
      assembler.clear();
    }
  }

  private void takeNewThreads() {
    ThreadStream stream = engine.pollNewStream();
    while (stream != null) {
      Thread owner = stream.owner();
      BlockOutput output =
          output(StreamKind.SPANS, () -> ThreadCutter.properties(owner), stream.beginTicks());
      threads.add(new ThreadCutter(stream, output, settings.maxBlockBytes()));
      stream = engine.pollNewStream();
    }
  }

  private EventLayout layout(StreamKind kind) {
    @Nullable EventLayout layout = layouts.get(kind);
    if (layout == null) {
      throw new IllegalStateException("no layout for " + kind);
    }
    return layout;
  }
}
