package micromegas.tracing.uplink;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import micromegas.tracing.clock.ProcessClock;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.SdkThread;
import micromegas.tracing.record.Signals;
import micromegas.tracing.spi.EventSink;
import org.jspecify.annotations.Nullable;

/// Cuts blocks: when a period has passed, when much is unread, soon after a severe event, and when
/// asked. One daemon thread; [#cut] may be called by any. Thread-safe.
public final class Uplink implements Signals {
  /// Chunks that became full since the last cut, after which the next one comes: about 1 MiB.
  private static final int FULL_CHUNKS = 16;

  private final UplinkSettings settings;
  private final AtomicInteger fullChunks = new AtomicInteger();
  private final SdkThread thread = new SdkThread(this::run, "micromegas-uplink");
  private volatile boolean wanted;
  private volatile boolean severeWanted;
  private volatile boolean stopped;
  private volatile boolean parked;
  private volatile @Nullable Runnable afterCut;
  private @Nullable Engine engine;
  private @Nullable Cutters cutters;
  private volatile @Nullable Sampling sampling;

  public Uplink(UplinkSettings settings) {
    this.settings = settings;
  }

  /// Begins to cut the blocks of an engine, which signals to this uplink.
  ///
  /// @param reporting called after each cut; what it records comes with the next one
  public synchronized void start(
      UUID processId,
      Engine newEngine,
      ProcessClock clock,
      List<EventSink> sinks,
      Runnable reporting) {
    engine = newEngine;
    Sampling asked = new Sampling(settings.sampler(), settings.heldBytes(), clock, newEngine);
    sampling = asked;
    cutters = new Cutters(processId, newEngine, clock, sinks, settings, asked);
    afterCut = reporting;
    thread.start();
  }

  /// Cuts everything now, on the calling thread.
  ///
  /// @param last whether nothing is recorded any more
  public synchronized void cut(boolean last) {
    Cutters all = cutters;
    if (all == null) {
      return;
    }
    fullChunks.set(0);
    wanted = false;
    severeWanted = false;
    Runnable reporting = afterCut;
    SdkThread.borrow(() -> {
      all.cut(last);
      if (reporting != null) {
        reporting.run();
      }
    });
  }

  /// Blocks that could not be made since the start.
  public synchronized long failures() {
    Cutters all = cutters;
    return all == null ? 0 : all.failures();
  }

  /// From now on nothing is cut, also when asked for.
  public synchronized void end() {
    cutters = null;
  }

  /// Events that were not sent because the sampler did not want them, since the start.
  public synchronized long sampledOut() {
    Sampling asked = sampling;
    return asked == null ? 0 : asked.dropped();
  }

  /// Ends the thread; nothing is cut any more unless asked for.
  public void stop() {
    stopped = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void chunkFull() {
    if (fullChunks.incrementAndGet() >= FULL_CHUNKS || isLow()) {
      wanted = true;
      wake();
    }
  }

  @Override
  public void severe() {
    Sampling asked = sampling;
    if (asked != null) {
      asked.severe();
    }
    if (!severeWanted) {
      severeWanted = true;
      wake();
    }
  }

  private boolean isLow() {
    Engine now = engine;
    return now != null && now.pool().inUse() > now.pool().limit() / 2;
  }

  private void wake() {
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    while (!stopped) {
      try {
        boolean idle = await(settings.period());
        if (!stopped) {
          cut(false);
        }
        if (idle) {
          trim();
        }
      } catch (RuntimeException | Error e) {
        // Cutting guards each stream; whatever else fails, the next period must come.
        continue;
      }
    }
  }

  /// @return whether the whole period has passed without a reason to cut
  private boolean await(Duration period) {
    long end = System.nanoTime() + period.toNanos();
    boolean hurried = false;
    while (!stopped && !wanted) {
      if (severeWanted && !hurried) {
        hurried = true;
        long soon = System.nanoTime() + settings.severeDelay().toNanos();
        end = soon - end < 0 ? soon : end;
      }
      long left = end - System.nanoTime();
      if (left <= 0) {
        return !hurried;
      }
      parked = true;
      if (!stopped && !wanted && (hurried || !severeWanted)) {
        LockSupport.parkNanos(this, left);
      }
      parked = false;
    }
    return false;
  }

  private void trim() {
    Engine now = engine;
    if (now != null) {
      now.pool().trim();
    }
  }
}
