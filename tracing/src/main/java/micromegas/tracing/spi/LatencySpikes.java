package micromegas.tracing.spi;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Wants the time of root spans that are slow for their call site.
final class LatencySpikes implements BlockSampler {
  /// Spans that the mean is of, and that must have been seen before one can be slow.
  private static final int MEMORY = 32;

  private static final int MAX_SITES = 10_000;

  private final double factor;
  private final long memoryNanos;
  private final WantedRanges wanted = new WantedRanges();
  private final Map<Long, Mean> means = new HashMap<>();

  private static final class Mean {
    private int count;
    private double nanos;

    void add(double duration) {
      count = Math.min(count + 1, MEMORY);
      nanos += (duration - nanos) / count;
    }
  }

  LatencySpikes(double factor, Duration memory) {
    if (!(factor > 1)) {
      throw new IllegalArgumentException("the factor of a spike must be above 1: " + factor);
    }
    this.factor = factor;
    this.memoryNanos = memory.toNanos();
  }

  @Override
  public boolean watchesRootSpans() {
    return true;
  }

  @Override
  public void rootSpan(long site, long beginNanos, long endNanos) {
    Mean mean = means.get(site);
    if (mean == null) {
      if (means.size() >= MAX_SITES) {
        return;
      }
      mean = new Mean();
      means.put(site, mean);
    }
    double duration = endNanos - beginNanos;
    if (mean.count == MEMORY && duration > factor * mean.nanos) {
      wanted.add(beginNanos, endNanos);
    }
    mean.add(duration);
  }

  @Override
  public Verdict decide(SampledBlock block) {
    if (wanted.touches(block.beginNanos(), block.endNanos())) {
      return Verdict.KEEP;
    }
    return block.nowNanos() - block.endNanos() <= memoryNanos ? Verdict.HOLD : Verdict.DROP;
  }
}
