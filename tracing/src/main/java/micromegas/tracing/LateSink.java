package micromegas.tracing;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;

/// Tells a sink that came late of streams that have begun before.
final class LateSink implements EventSink {
  private final EventSink sink;
  private final Set<UUID> told = new HashSet<>();

  LateSink(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public void start(ProcessInfo process) {
    sink.start(process);
  }

  @Override
  public void stream(StreamInfo stream) {
    if (told.add(stream.streamId())) {
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
  public boolean flush(Duration timeout) {
    return sink.flush(timeout);
  }

  @Override
  public void close(Duration timeout) {
    sink.close(timeout);
  }
}
