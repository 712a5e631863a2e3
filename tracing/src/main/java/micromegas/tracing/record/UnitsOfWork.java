package micromegas.tracing.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import micromegas.tracing.clock.TickClock;
import org.jspecify.annotations.Nullable;

/// The units of work of one engine, from their begin to what becomes of their details. Verdicts are
/// given by the threads of the application, which never wait here. Thread-safe.
public final class UnitsOfWork {
  /// Tries of the reader to take a stripe of a unit that has ended: 10 ms.
  private static final int PATIENCE = 200 + Stripes.SPINS;

  private final Engine engine;
  private final Queue<KeptTime> keptTimes = new ConcurrentLinkedQueue<>();
  private final Queue<Unclosed> unclosed = new ConcurrentLinkedQueue<>();

  /// Those whose details wait in buffers of their own.
  private final Set<Work> waiting = ConcurrentHashMap.newKeySet();

  /// From the begin of a unit of work to the verdict that kept it.
  public record KeptTime(long beginTicks, long endTicks) {}

  /// A buffer of a unit that has its verdict, while one of its writers is still at work.
  private record Unclosed(Stripes buffer, boolean isLogs, boolean keep) {}

  UnitsOfWork(Engine engine) {
    this.engine = engine;
  }

  /// Begins a unit.
  ///
  /// @param detail the least severe level of logs that wait, as on the wire
  Work begin(int detail) {
    return new Work(engine, detail, TickClock.now());
  }

  /// A buffer for what waits for the verdict on `work`.
  Stripes newBuffer(Work work) {
    waiting.add(work);
    return engine.newDetails();
  }

  /// Gives the verdict on a unit, unless it has one.
  public void decide(Work work, boolean keep) {
    if (keep && work.isPending()) {
      // Before the verdict: when the reader finds the details, it knows their time.
      keptTimes.add(new KeptTime(work.beginTicks(), TickClock.now()));
    }
    if (!work.decide(keep)) {
      return;
    }
    waiting.remove(work);
    close(work.waitingLogs(), true, keep);
    close(work.waitingSpans(), false, keep);
  }

  /// The verdict came while a buffer was made.
  void closeLate(Work work, Stripes made, boolean isLogs, boolean keep) {
    close(made, isLogs, keep);
    waiting.remove(work);
  }

  /// The thread that gives a verdict does not wait for one that writes; the reader does, later.
  private void close(@Nullable Stripes buffer, boolean isLogs, boolean keep) {
    if (buffer != null && !tryClose(buffer, isLogs, keep, Stripes.SPINS)) {
      unclosed.add(new Unclosed(buffer, isLogs, keep));
    }
  }

  private boolean tryClose(Stripes buffer, boolean isLogs, boolean keep, int patience) {
    List<Chunk> chains = new ArrayList<>(1);
    boolean isClosed = buffer.close(patience, chains);
    if (!keep) {
      chains.forEach(engine.pool()::giveChain);
    } else if (!chains.isEmpty()) {
      engine.keep(
          isLogs
              ? new Engine.Kept(chains, List.of(), List.of())
              : new Engine.Kept(List.of(), List.of(), chains));
    }
    return isClosed;
  }

  // ---- by the reader

  /// Keeps units that began before, because they may never end.
  public void keepOlderThan(long ticks) {
    for (Work work : waiting) {
      if (work.beginTicks() - ticks < 0) {
        decide(work, true);
      }
    }
  }

  /// Closes what could not be closed when units ended.
  public void closeRest() {
    for (int left = unclosed.size(); left > 0; left--) {
      Unclosed rest = unclosed.poll();
      if (rest != null && !tryClose(rest.buffer(), rest.isLogs(), rest.keep(), PATIENCE)) {
        unclosed.add(rest);
      }
    }
  }

  /// When a unit that was kept went on, or null.
  public @Nullable KeptTime pollKeptTime() {
    return keptTimes.poll();
  }
}
