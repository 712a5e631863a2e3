package micromegas.tracing;

import java.time.Duration;
import java.util.Map;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.LogLine;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;

/// A sink of the application, whose failures, such as classes that are not there, hurt nobody else.
final class GuardedSink implements EventSink {
  private final EventSink sink;

  GuardedSink(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public void start(ProcessInfo process) {
    guard(() -> sink.start(process));
  }

  @Override
  public void log(LogLine line) {
    guard(() -> sink.log(line));
  }

  @Override
  public void stream(StreamInfo stream) {
    guard(() -> sink.stream(stream));
  }

  @Override
  public void block(FinishedBlock block) {
    guard(() -> sink.block(block));
  }

  @Override
  public Map<String, Long> counters() {
    try {
      return sink.counters();
    } catch (RuntimeException | Error e) {
      return Map.of();
    }
  }

  @Override
  public boolean isFailing() {
    try {
      return sink.isFailing();
    } catch (RuntimeException | Error e) {
      return false;
    }
  }

  @Override
  public boolean flush(Duration timeout) {
    try {
      return sink.flush(timeout);
    } catch (RuntimeException | Error e) {
      return false;
    }
  }

  @Override
  public void close(Duration timeout) {
    guard(() -> sink.close(timeout));
  }

  private static void guard(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      return; // what it was told is lost for this sink alone
    }
  }
}
