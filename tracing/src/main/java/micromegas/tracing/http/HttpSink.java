package micromegas.tracing.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import micromegas.tracing.Level;
import micromegas.tracing.record.SdkThread;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.transit.ProcessInfo;

/// Sends what was recorded to an ingestion server.
public final class HttpSink implements EventSink {
  /// Senders that help at the end, when there is no time.
  private static final int HELPERS = 4;

  private final UploadQueue queue;
  private final HttpTransport transport;
  private final Sender sender;
  private final List<SdkThread> threads = new ArrayList<>();

  /// @param report takes what happens to the connection: one line when it is lost, one when it is
  ///   back
  public HttpSink(HttpSettings settings, BiConsumer<Level, String> report) {
    this.queue =
        new UploadQueue(settings.softQueueBytes(), settings.hardQueueBytes(), System::nanoTime);
    this.transport = new HttpTransport(settings);
    this.sender =
        new Sender(
            settings.server(),
            transport,
            settings.authenticator(),
            queue,
            report,
            System::nanoTime);
    for (int i = 0; i < Math.max(1, settings.maxInFlight()); i++) {
      addThread();
    }
  }

  private void addThread() {
    SdkThread thread = new SdkThread(sender, "micromegas-sender-" + threads.size());
    threads.add(thread);
    thread.start();
  }

  @Override
  public void start(ProcessInfo process) {
    queue.offer(Upload.process(process));
  }

  @Override
  public void block(FinishedBlock block) {
    queue.offer(Upload.block(block));
  }

  @Override
  public boolean isFailing() {
    return sender.isFailing() || queue.isFull();
  }

  @Override
  public boolean flush(Duration timeout) {
    try {
      return queue.awaitEmpty(timeout.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close(Duration timeout) {
    queue.hurry();
    for (int i = 0; i < HELPERS; i++) {
      addThread();
    }
    flush(timeout);
    queue.close();
    threads.forEach(Thread::interrupt);
    transport.close();
  }

  @Override
  public Map<String, Long> counters() {
    Map<String, Long> counters = new TreeMap<>();
    for (Priority priority : Priority.values()) {
      counters.put("telemetry_dropped_" + priority.label(), queue.dropped(priority));
    }
    return counters;
  }
}
