package micromegas.server.flight;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Queries between the GetFlightInfo that started them and the DoGet that fetches their rows, so
/// that the two calls cost one planning. Bounded in number and time: what is not fetched soon is
/// ended, and a DoGet that finds nothing here starts the query again. Each is fetched once.
/// Thread-safe.
final class WaitingQueries implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WaitingQueries.class);

  private final int capacity;
  private final Executor closer = Executors.newVirtualThreadPerTaskExecutor();
  private final Executor afterWaiting;
  private final SequencedMap<UUID, StartedQuery> waiting = new LinkedHashMap<>();
  private boolean closed;

  WaitingQueries(FlightSettings settings) {
    this.capacity = settings.maxWaitingQueries();
    this.afterWaiting =
        CompletableFuture.delayedExecutor(
            settings.maxWaitingTime().toMillis(), TimeUnit.MILLISECONDS, closer);
  }

  /// Keeps `query` for the DoGet that shows the returned id, which cannot be guessed.
  UUID add(StartedQuery query) {
    UUID id = UUID.randomUUID();
    StartedQuery unwanted = null;
    synchronized (this) {
      if (closed) {
        unwanted = query;
      } else {
        if (waiting.size() >= capacity) {
          unwanted = waiting.pollFirstEntry().getValue();
        }
        waiting.put(id, query);
      }
    }
    if (unwanted != null) {
      StartedQuery given = unwanted;
      closer.execute(() -> end(given));
    }
    afterWaiting.execute(() -> give(id).ifPresent(WaitingQueries::end));
    return id;
  }

  /// The query that was kept under `id`, if it is still there and the headers of the DoGet mean the
  /// same rows; the caller owns it from now on.
  Optional<StartedQuery> take(UUID id, CallHeaders headers) {
    Optional<StartedQuery> found = give(id);
    if (found.isPresent() && !found.get().headers().selectSameRows(headers)) {
      StartedQuery unwanted = found.get();
      closer.execute(() -> end(unwanted));
      return Optional.empty();
    }
    return found;
  }

  private synchronized Optional<StartedQuery> give(UUID id) {
    @Nullable StartedQuery query = waiting.remove(id);
    return Optional.ofNullable(query);
  }

  private static void end(StartedQuery query) {
    try {
      query.abandon();
    } catch (RuntimeException e) {
      LOG.warn("closing a query that nobody fetched", e);
    }
  }

  /// Ends what waits; what is added later ends at once.
  @Override
  public void close() {
    Map<UUID, StartedQuery> left;
    synchronized (this) {
      closed = true;
      left = new LinkedHashMap<>(waiting);
      waiting.clear();
    }
    left.values().forEach(WaitingQueries::end);
  }
}
