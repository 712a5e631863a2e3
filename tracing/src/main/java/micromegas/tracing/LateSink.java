package micromegas.tracing;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;

/// Tells a sink that came late of streams that have begun before. One that has not been seen for a
/// long time is told of again.
final class LateSink implements EventSink {
  /// Streams that are remembered; threads come and go.
  private static final int MAX_TOLD = 16_384;

  private final EventSink sink;
  private final Map<UUID, Boolean> told =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
          return size() > MAX_TOLD;
        }
      };

  LateSink(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public void start(ProcessInfo process) {
    sink.start(process);
  }

  @Override
  public void stream(StreamInfo stream) {
    if (told.put(stream.streamId(), Boolean.TRUE) == null) {
      sink.stream(stream);
    }
  }

  @Override
  public void block(FinishedBlock block) {
    stream(block.stream());
    sink.block(block);
  }

  @Override
  public Map<String, Long> counters() {
    return sink.counters();
  }

  @Override
  public boolean isFailing() {
    return sink.isFailing();
  }

  @Override
  public boolean flush(Duration timeout) {
    return sink.flush(timeout);
  }

  @Override
  public void close(Duration timeout) {
    sink.close(timeout);
  }
}
