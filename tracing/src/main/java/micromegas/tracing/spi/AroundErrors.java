package micromegas.tracing.spi;

import java.time.Duration;

/// Wants the time around errors; holds what an error to come may be about.
final class AroundErrors implements BlockSampler {
  private final long beforeNanos;
  private final long afterNanos;
  private final WantedRanges wanted = new WantedRanges();

  AroundErrors(Duration before, Duration after) {
    beforeNanos = before.toNanos();
    afterNanos = after.toNanos();
  }

  @Override
  public void severe(long firstNanos, long lastNanos) {
    wanted.add(firstNanos - beforeNanos, lastNanos + afterNanos);
  }

  @Override
  public Verdict decide(SampledBlock block) {
    if (wanted.touches(block.beginNanos(), block.endNanos())) {
      return Verdict.KEEP;
    }
    return block.nowNanos() - block.endNanos() <= beforeNanos ? Verdict.HOLD : Verdict.DROP;
  }
}
