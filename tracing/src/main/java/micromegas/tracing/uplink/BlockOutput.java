package micromegas.tracing.uplink;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import micromegas.tracing.clock.ProcessClock;
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
  private final Supplier<Map<String, String>> properties;
  private @Nullable StreamInfo info;
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
      Supplier<Map<String, String>> properties,
      long begin) {
    this.processId = processId;
    this.kind = kind;
    this.layout = layout;
    this.clock = clock;
    this.sinks = sinks;
    this.properties = properties;
    this.end = begin;
  }

  /// Where the last block ended, in ticks.
  long end() {
    return end;
  }

  /// Hands the events of an assembler to the sinks as one block.
  ///
  /// @param newEnd ticks at which the block ends, not before its last event
  void write(BlockAssembler assembler, long newEnd) {
    int events = assembler.events();
    int rawBytes = assembler.size();
    long begin = Math.min(end, assembler.firstTicks());
    long last = Math.max(Math.max(newEnd, assembler.lastTicks()), begin);
    BlockPayload payload = assembler.finish();
    StreamInfo stream = announced();
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
    for (EventSink sink : sinks) {
      sink.block(finished);
    }
  }

  private StreamInfo announced() {
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
      for (EventSink sink : sinks) {
        sink.stream(known);
      }
    }
    return known;
  }
}
