package micromegas.tracing.jfr;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.PastSpans;
import micromegas.tracing.Sites;
import micromegas.tracing.Ticks;
import org.jspecify.annotations.Nullable;

/// What threads were doing: a stream of each thread, `NAME (samples)` or `NAME (cpu)`, whose spans
/// are the frames of its samples. Virtual threads, of which there are too many, share streams; each
/// of them has one sample at a time.
final class SampleEvents implements EventReader {
  private static final int MAX_LANES = 16;

  private final NamedSpanSite site = Sites.of("jvm.samples", "", 0).namedSpan();
  private final ThreadStreams<SampledThread> streams;
  private final List<SampledThread> lanes = new ArrayList<>();
  private final Stacks stacks;
  private final Budget budget;
  private final long periodTicks;
  private final String threadField;
  private final String suffix;

  /// @param threadField of the events
  /// @param suffix of the names of streams
  private SampleEvents(JfrSettings settings, Budget budget, String threadField, String suffix) {
    this.budget = budget;
    this.threadField = threadField;
    this.suffix = suffix;
    periodTicks = Math.round(settings.samplePeriod().toNanos() * (Ticks.frequency() / 1e9));
    stacks = new Stacks(settings.stackDepth());
    streams = new ThreadStreams<>(settings.threads(), suffix, this::sampled, SampledThread::close);
  }

  /// Samples of threads that run Java code.
  static SampleEvents ofThreads(JfrSettings settings, Budget budget) {
    return new SampleEvents(settings, budget, "sampledThread", " (samples)");
  }

  /// Samples by processor time.
  static SampleEvents ofProcessorTime(JfrSettings settings, Budget budget) {
    return new SampleEvents(settings, budget, "eventThread", " (cpu)");
  }

  private @Nullable SampledThread sampled(Supplier<@Nullable PastSpans> opener) {
    PastSpans spans = opener.get();
    return spans == null ? null : new SampledThread(spans, site, periodTicks);
  }

  @Override
  public void read(JfrKind kind, RecordedEvent event, ClockOffset clock) {
    if (event.hasField("lostSamples")) {
      budget.lose(kind, event.getInt("lostSamples"));
      return;
    }
    @Nullable RecordedThread thread = event.getThread(threadField);
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
    String name = "virtual threads " + (lanes.size() + 1) + suffix;
    Optional<SampledThread> added =
        Optional.ofNullable(sampled(() -> PastSpans.open(name, 0).orElse(null)));
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
