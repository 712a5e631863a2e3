package micromegas.tracing.jfr;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.PastSpans;
import micromegas.tracing.Sites;
import micromegas.tracing.Ticks;
import org.jspecify.annotations.Nullable;

/// What threads were doing: a stream of each thread, `NAME (samples)`, whose spans are the frames
/// of its samples. Virtual threads, of which there are too many, share streams; each of them has
/// one sample at a time.
final class SampleEvents implements EventReader {
  static final String SUFFIX = " (samples)";

  private static final int MAX_LANES = 16;

  private final NamedSpanSite site = Sites.of("jvm.samples", "", 0).namedSpan();
  private final ThreadStreams<SampledThread> streams;
  private final List<SampledThread> lanes = new ArrayList<>();
  private final Stacks stacks;
  private final Budget budget;
  private final long periodTicks;

  SampleEvents(JfrSettings settings, Budget budget) {
    this.budget = budget;
    periodTicks = Math.round(settings.samplePeriod().toNanos() * (Ticks.frequency() / 1e9));
    stacks = new Stacks(settings.stackDepth());
    streams = new ThreadStreams<>(settings.threads(), SUFFIX, this::sampled, SampledThread::close);
  }

  private SampledThread sampled(PastSpans spans) {
    return new SampledThread(spans, site, periodTicks);
  }

  @Override
  public void read(JfrKind kind, RecordedEvent event, ClockOffset clock) {
    @Nullable RecordedThread thread = event.getThread("sampledThread");
    List<String> frames = stacks.frames(event);
    if (thread == null || frames.isEmpty() || Threads.isOwn(thread)) {
      return;
    }
    long ticks = clock.ticks(event.getStartTime());
    Optional<SampledThread> stream = Threads.isVirtual(thread) ? lane(ticks) : streams.of(thread);
    if (stream.isPresent()) {
      stream.get().sample(ticks, frames);
    } else {
      budget.lose(kind);
    }
  }

  private Optional<SampledThread> lane(long ticks) {
    for (SampledThread lane : lanes) {
      if (lane.isFree(ticks)) {
        return Optional.of(lane);
      }
    }
    if (lanes.size() == MAX_LANES) {
      return Optional.empty();
    }
    Optional<SampledThread> added =
        PastSpans.open("virtual threads " + (lanes.size() + 1) + SUFFIX, 0).map(this::sampled);
    added.ifPresent(lanes::add);
    return added;
  }

  @Override
  public void next(long now) {
    streams.forEach(thread -> thread.endIfOlder(now));
    lanes.forEach(lane -> lane.endIfOlder(now));
    streams.next();
  }

  @Override
  public void close() {
    streams.close();
    lanes.forEach(SampledThread::close);
  }
}
