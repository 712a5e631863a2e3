package micromegas.tracing.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.LogLine;
import micromegas.tracing.spi.StreamKind;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.jspecify.annotations.Nullable;

/// Keeps everything it gets, and reads it back. What is recorded arrives at a flush, so call
/// `Telemetry.flush` first.
///
/// ```java
/// MemorySink sink = new MemorySink();
/// try (Telemetry telemetry = Telemetry.builder().sink(sink).spans(true).start()) {
///   service.place(order);
///   telemetry.flush(Duration.ofSeconds(1));
///   assertThat(sink.logs()).extracting(RecordedLog::text).contains("order placed");
/// }
/// ```
///
/// Thread-safe. Keeps all blocks in memory: for tests.
public final class MemorySink implements EventSink {
  private final List<FinishedBlock> blocks = new ArrayList<>();
  private final List<StreamInfo> streams = new ArrayList<>();
  private final List<LogLine> lines = new ArrayList<>();
  private @Nullable ProcessInfo process;

  @Override
  public synchronized void start(ProcessInfo started) {
    process = started;
  }

  @Override
  public synchronized void log(LogLine line) {
    lines.add(line);
  }

  @Override
  public synchronized void stream(StreamInfo stream) {
    streams.add(stream);
  }

  @Override
  public synchronized void block(FinishedBlock block) {
    blocks.add(block);
  }

  public synchronized Optional<ProcessInfo> process() {
    return Optional.ofNullable(process);
  }

  /// Texts, for a sink that was added with a filter.
  public synchronized List<LogLine> lines() {
    return List.copyOf(lines);
  }

  public synchronized List<StreamInfo> streams() {
    return List.copyOf(streams);
  }

  /// In the order of their arrival.
  public synchronized List<FinishedBlock> blocks() {
    return List.copyOf(blocks);
  }

  /// Forgets blocks and lines.
  public synchronized void clear() {
    blocks.clear();
    lines.clear();
  }

  public List<RecordedLog> logs() {
    return read(StreamKind.LOGS, BlockDecoder::logs);
  }

  public List<RecordedMetric> metrics() {
    return read(StreamKind.METRICS, BlockDecoder::metrics);
  }

  public List<RecordedImage> images() {
    return read(StreamKind.IMAGES, BlockDecoder::images);
  }

  /// Begins and ends of spans by stream, that is by thread; those of virtual threads are one
  /// stream.
  public Map<UUID, List<RecordedSpanEvent>> spans() {
    BlockDecoder decoder = new BlockDecoder();
    Map<UUID, List<RecordedSpanEvent>> spans = new LinkedHashMap<>();
    for (FinishedBlock block : blocks()) {
      if (block.kind() == StreamKind.SPANS) {
        spans
            .computeIfAbsent(block.info().streamId(), id -> new ArrayList<>())
            .addAll(decoder.spans(block));
      }
    }
    return spans;
  }

  private <T> List<T> read(
      StreamKind kind, BiFunction<BlockDecoder, FinishedBlock, List<T>> reader) {
    BlockDecoder decoder = new BlockDecoder();
    List<T> events = new ArrayList<>();
    for (FinishedBlock block : blocks()) {
      if (block.kind() == kind) {
        events.addAll(reader.apply(decoder, block));
      }
    }
    return events;
  }
}
