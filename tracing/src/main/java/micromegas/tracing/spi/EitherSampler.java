package micromegas.tracing.spi;

import java.time.Duration;

/// Two samplers as one.
final class EitherSampler implements BlockSampler {
  private final BlockSampler one;
  private final BlockSampler other;

  EitherSampler(BlockSampler one, BlockSampler other) {
    this.one = one;
    this.other = other;
  }

  @Override
  public Verdict decide(SampledBlock block) {
    Verdict first = one.decide(block);
    Verdict second = other.decide(block); // also asked when not needed: it may count
    return first.compareTo(second) <= 0 ? first : second;
  }

  @Override
  public void severe(long firstNanos, long lastNanos) {
    one.severe(firstNanos, lastNanos);
    other.severe(firstNanos, lastNanos);
  }

  @Override
  public boolean watchesRootSpans() {
    return one.watchesRootSpans() || other.watchesRootSpans();
  }

  @Override
  public void rootSpan(long site, long beginNanos, long endNanos) {
    one.rootSpan(site, beginNanos, endNanos);
    other.rootSpan(site, beginNanos, endNanos);
  }

  @Override
  public boolean heedsDemands() {
    return one.heedsDemands() || other.heedsDemands();
  }

  @Override
  public void demand(Duration before, Duration after) {
    one.demand(before, after);
    other.demand(before, after);
  }
}
