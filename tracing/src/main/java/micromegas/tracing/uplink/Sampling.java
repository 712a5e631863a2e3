package micromegas.tracing.uplink;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.tracing.clock.ProcessClock;
import micromegas.tracing.clock.TickClock;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.UnitsOfWork;
import micromegas.tracing.spi.BlockSampler;
import micromegas.tracing.spi.BlockSampler.Verdict;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.SampledBlock;
import micromegas.tracing.spi.StreamKind;
import micromegas.tracing.spi.WantedRanges;
import micromegas.transit.StreamInfo;

/// Asks the sampler about blocks of spans, and keeps those that are held. Used by one thread at a
/// time, except for [#severe].
final class Sampling {
  private static final long NONE = Long.MIN_VALUE;

  private final BlockSampler sampler;
  private final long maxHeldBytes;
  private final ProcessClock clock;
  private final Engine engine;
  private final RootSpans roots;
  private final WantedRanges units = new WantedRanges();
  private final Deque<Held> held = new ArrayDeque<>();
  private final AtomicLong firstSevere = new AtomicLong(NONE);
  private volatile long lastSevere;
  private long heldBytes;
  private long dropped;

  private record Held(FinishedBlock block, BlockOutput output) {}

  /// @param maxHeldBytes memory of blocks that wait
  Sampling(BlockSampler sampler, long maxHeldBytes, ProcessClock clock, Engine engine) {
    this.sampler = sampler;
    this.maxHeldBytes = maxHeldBytes;
    this.clock = clock;
    this.engine = engine;
    this.roots =
        new RootSpans((site, begin, end) -> {
          try {
            sampler.rootSpan(site, clock.epochNanos(begin), clock.epochNanos(end));
          } catch (RuntimeException | Error e) {
            // The blocks in which it ended are kept, like any that the sampler fails on.
            units.add(clock.epochNanos(begin), clock.epochNanos(end));
          }
        });
  }

  /// An error is logged now; on any thread.
  void severe() {
    long now = TickClock.now();
    lastSevere = now;
    if (firstSevere.get() == NONE) {
      firstSevere.compareAndSet(NONE, now);
    }
  }

  /// Whether root spans are to be looked for in blocks.
  boolean watchesRootSpans() {
    return sampler.watchesRootSpans();
  }

  RootSpans roots() {
    return roots;
  }

  /// @param begin in ticks
  /// @param end in ticks
  Verdict decide(StreamKind kind, StreamInfo stream, long begin, long end, int events, int bytes) {
    if (kind != StreamKind.SPANS) {
      return Verdict.KEEP;
    }
    learn();
    Verdict verdict =
        ask(
            new SampledBlock(
                stream,
                clock.epochNanos(begin),
                clock.epochNanos(end),
                now(),
                events,
                bytes,
                false));
    if (verdict == Verdict.DROP) {
      dropped += events;
    }
    return verdict;
  }

  /// Keeps a block until [#review] finds a verdict.
  void hold(FinishedBlock block, BlockOutput output) {
    held.addLast(new Held(block, output));
    heldBytes += block.memoryBytes();
    while (heldBytes > maxHeldBytes) {
      drop(held.removeFirst());
    }
  }

  /// Asks about the held blocks again.
  ///
  /// @param last whether what nobody wants now is dropped
  void review(boolean last) {
    learn();
    long now = now();
    for (Iterator<Held> all = held.iterator(); all.hasNext(); ) {
      Held waiting = all.next();
      FinishedBlock block = waiting.block();
      Verdict verdict =
          ask(
              new SampledBlock(
                  block.stream(),
                  clock.epochNanos(clock.startTicks() + block.info().beginTicks()),
                  clock.epochNanos(clock.startTicks() + block.info().endTicks()),
                  now,
                  block.info().nbObjects(),
                  block.rawBytes(),
                  true));
      if (verdict == Verdict.HOLD && !last) {
        continue;
      }
      all.remove();
      if (verdict == Verdict.KEEP) {
        heldBytes -= block.memoryBytes();
        waiting.output().send(block);
      } else {
        drop(waiting);
      }
    }
  }

  /// Events that were not sent because the sampler said so, since the start.
  long dropped() {
    return dropped;
  }

  private void drop(Held gone) {
    heldBytes -= gone.block().memoryBytes();
    dropped += gone.block().info().nbObjects();
  }

  private long now() {
    return clock.epochNanos(TickClock.now());
  }

  /// Takes over what has happened on other threads. Called before each question: what a block holds
  /// has happened before.
  private void learn() {
    long first = firstSevere.getAndSet(NONE);
    if (first != NONE) {
      long last = lastSevere - first < 0 ? first : lastSevere;
      try {
        sampler.severe(clock.epochNanos(first), clock.epochNanos(last));
      } catch (RuntimeException | Error e) {
        units.add(clock.epochNanos(first), clock.epochNanos(last)); // when in doubt, keep
      }
    }
    for (UnitsOfWork.KeptTime kept = engine.works().pollKeptTime();
        kept != null;
        kept = engine.works().pollKeptTime()) {
      units.add(clock.epochNanos(kept.beginTicks()), clock.epochNanos(kept.endTicks()));
    }
  }

  private Verdict ask(SampledBlock block) {
    if (units.touches(block.beginNanos(), block.endNanos())) {
      return Verdict.KEEP;
    }
    try {
      return sampler.decide(block);
    } catch (RuntimeException | Error e) {
      return Verdict.KEEP;
    }
  }
}
