package micromegas.tracing.uplink;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import micromegas.tracing.clock.ProcessClock;
import micromegas.tracing.spi.BlockSampler;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.StreamKind;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.StreamInfo;
import org.jspecify.annotations.Nullable;

/// One wire stream: where its last block ended and how many events it had. Announces itself to the
/// sinks before its first block. Used by one thread at a time.
final class BlockOutput {
  private final UUID processId;
  private final UUID streamId = UUID.randomUUID();
  private final StreamKind kind;
  private final EventLayout layout;
  private final ProcessClock clock;
  private final List<EventSink> sinks;
  private final Sampling sampling;
  private final RootSpans.Nesting nesting = new RootSpans.Nesting();
  private final Supplier<Map<String, String>> properties;
  private @Nullable StreamInfo info;
  private boolean announced;
  private long end;
  private long offset;

  /// @param properties of the stream, asked for at its first block
  /// @param begin ticks at which the first block begins
  BlockOutput(
      UUID processId,
      StreamKind kind,
      EventLayout layout,
      ProcessClock clock,
      List<EventSink> sinks,
      Sampling sampling,
      Supplier<Map<String, String>> properties,
      long begin) {
    this.processId = processId;
    this.kind = kind;
    this.layout = layout;
    this.clock = clock;
    this.sinks = sinks;
    this.sampling = sampling;
    this.properties = properties;
    this.end = begin;
  }

  /// Where the last block ended, in ticks.
  long end() {
    return end;
  }

  /// Hands the events of an assembler to the sinks as one block, unless the sampler does not want
  /// it.
  ///
  /// @param newEnd ticks at which the block ends, not before its last event
  void write(BlockAssembler assembler, long newEnd) {
    int events = assembler.events();
    int rawBytes = assembler.size();
    long begin = Math.min(end, assembler.firstTicks());
    long last = Math.max(Math.max(newEnd, assembler.lastTicks()), begin);
    StreamInfo stream = stream();
    if (kind == StreamKind.SPANS && sampling.watchesRootSpans()) {
      assembler.findRoots(sampling.roots(), nesting);
    }
    BlockSampler.Verdict verdict = sampling.decide(kind, stream, begin, last, events, rawBytes);
    if (verdict == BlockSampler.Verdict.DROP) {
      assembler.clear();
      end = last;
      offset += events;
      return;
    }
    BlockPayload payload = assembler.finish();
    BlockInfo block =
        new BlockInfo(
            UUID.randomUUID(),
            streamId,
            processId,
            clock.time(begin),
            clock.relative(begin),
            clock.time(last),
            clock.relative(last),
            offset,
            events);
    end = last;
    offset += events;
    FinishedBlock finished = new FinishedBlock(kind, stream, block, payload, rawBytes);
    if (verdict == BlockSampler.Verdict.HOLD) {
      sampling.hold(finished, this);
    } else {
      send(finished);
    }
  }

  /// Hands a block of this stream to the sinks.
  void send(FinishedBlock block) {
    for (EventSink sink : sinks) {
      if (!announced) {
        sink.stream(block.stream());
      }
      sink.block(block);
    }
    announced = true;
  }

  /// Made at the first block: a thread may have got its name by then, and may be gone later.
  private StreamInfo stream() {
    StreamInfo known = info;
    if (known == null) {
      known =
          new StreamInfo(
              processId,
              streamId,
              layout.dependencies(),
              layout.objects(),
              List.of(kind.tag()),
              properties.get(),
              StreamInfo.TRANSIT_FORMAT);
      info = known;
    }
    return known;
  }
}
