package micromegas.server.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import micromegas.common.MicromegasException;
import micromegas.common.UnavailableException;
import micromegas.transit.ProcessInfo;

/// Ten minutes in the life of an online shop: worker threads answer requests, and in the seventh
/// minute the payment provider is slow and refuses cards. The same seed gives the same events.
///
/// @param processId of the process that the telemetry belongs to
/// @param opened when the ten minutes began
/// @param workers threads, each with a stream of logs and one of metrics
/// @param requestsPerWorker each gives four to nine events
/// @param seed of everything that is random
public record Shop(UUID processId, Instant opened, int workers, int requestsPerWorker, long seed) {
  static final Duration LENGTH = Duration.ofMinutes(10);

  /// What was sent.
  ///
  /// @param events log events and samples
  public record Sent(long events, int blocks) {}

  /// A shop whose ten minutes end now, with about 50,000 events.
  public static Shop untilNow(Instant now) {
    return new Shop(UUID.randomUUID(), now.minus(LENGTH), 6, 1_400, 42);
  }

  /// Sends everything and returns when all of it is acknowledged.
  ///
  /// @throws UnavailableException when the server does not take it
  public Sent run(TelemetryClient client) {
    client.insert(
        new ProcessInfo(
            processId,
            "shop",
            "demo",
            "Demo",
            "shop-1",
            "Linux",
            "simulated",
            Worker.TICKS_PER_SECOND,
            opened,
            0,
            Optional.empty(),
            Map.of("version", "1.4.2", "region", "eu-west")));
    try (ExecutorService threads = Executors.newFixedThreadPool(workers)) {
      List<Future<Sent>> running = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        Worker worker = new Worker(this, i, client);
        running.add(threads.submit(worker::run));
      }
      long events = 0;
      int blocks = 0;
      for (Future<Sent> worker : running) {
        Sent sent = worker.get();
        events += sent.events();
        blocks += sent.blocks();
      }
      return new Sent(events, blocks);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MicromegasException known) {
        throw known;
      }
      throw new UnavailableException("a worker of the shop failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while the shop was open", e);
    }
  }
}
