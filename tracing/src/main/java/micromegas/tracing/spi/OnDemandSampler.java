package micromegas.tracing.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Keeps what the program asks for, see [BlockSampler#onDemand]. Thread-safe.
///
/// ```java
/// OnDemandSampler recorder = BlockSampler.onDemand(Duration.ofMinutes(2));
/// Telemetry.builder().sampler(recorder).start();
/// recorder.keepLast(Duration.ofSeconds(30)); // something odd was seen
/// recorder.keepFor(Duration.ofSeconds(10));
/// ```
public final class OnDemandSampler implements BlockSampler {
  /// The two clocks are read one after the other, and a thread may lose its processor in between.
  private static final long SLACK_NANOS = 1_000_000_000;

  private static final Duration LONGEST = Duration.ofDays(365);

  private final long memoryNanos;
  private final WantedRanges wanted = new WantedRanges();
  private boolean asked;
  private long askedBegin; // of System.nanoTime()
  private long askedEnd;

  OnDemandSampler(Duration memory) {
    memoryNanos = memory.toNanos();
  }

  /// Keeps everything from now on, for that long, to the second.
  public void keepFor(Duration duration) {
    demand(Duration.ZERO, duration);
  }

  /// Keeps what was recorded in the last time, to the second, as far as it waits still.
  public void keepLast(Duration duration) {
    demand(duration, Duration.ZERO);
  }

  @Override
  public boolean heedsDemands() {
    return true;
  }

  @Override
  public void demand(Duration before, Duration after) {
    long now = System.nanoTime();
    ask(now - nanos(before), now + nanos(after));
  }

  /// Not negative, and not so long that times overflow; null is none.
  private static long nanos(@Nullable Duration duration) {
    return duration == null || duration.isNegative()
        ? 0
        : duration.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : duration.toNanos();
  }

  private synchronized void ask(long begin, long end) {
    askedBegin = !asked || begin - askedBegin < 0 ? begin : askedBegin;
    askedEnd = !asked || end - askedEnd > 0 ? end : askedEnd;
    asked = true;
  }

  @Override
  public synchronized Verdict decide(SampledBlock block) {
    long now = block.nowNanos();
    if (asked) {
      // From the clock of the program to that of the blocks.
      long offset = now - System.nanoTime();
      wanted.add(askedBegin + offset - SLACK_NANOS, askedEnd + offset + SLACK_NANOS);
      asked = false;
    }
    if (wanted.touches(block.beginNanos(), block.endNanos())) {
      return Verdict.KEEP;
    }
    return now - block.endNanos() <= memoryNanos ? Verdict.HOLD : Verdict.DROP;
  }
}
