package micromegas.ingestion.http;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.common.UnavailableException;
import micromegas.lake.metadata.MetadataStore;
import micromegas.lake.objects.ObjectStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether the stores behind a server answer. All probes run at the same time, each on a virtual
/// thread; a success is remembered for a moment, a failure never. Thread-safe.
public final class Readiness {
  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);
  public static final Duration DEFAULT_REMEMBERED = Duration.ofSeconds(1);

  private final List<Probe> probes;
  private final Duration timeout;
  private final long rememberedNanos;

  /// `System.nanoTime()` until which the last success counts.
  private final AtomicLong goodUntil;

  /// @param timeout for all probes together
  /// @param remembered how long a success is answered without asking again
  public Readiness(List<Probe> probes, Duration timeout, Duration remembered) {
    this.probes = List.copyOf(probes);
    this.timeout = timeout;
    this.rememberedNanos = remembered.toNanos();
    this.goodUntil = new AtomicLong(System.nanoTime());
  }

  /// Asks PostgreSQL for `SELECT 1` and the object store for the first page of a listing.
  public static Readiness of(MetadataStore metadata, ObjectStore objects) {
    return new Readiness(
        List.of(
            new Probe("PostgreSQL", () -> selectOne(metadata)),
            new Probe("object store", () -> listFirst(objects))),
        DEFAULT_TIMEOUT,
        DEFAULT_REMEMBERED);
  }

  /// Something that must answer.
  ///
  /// @param name for the log
  /// @param check throws when there is no answer
  public record Probe(String name, Runnable check) {}

  /// Whether every probe succeeds in time. Failures are logged.
  public boolean isReady() {
    long now = System.nanoTime();
    if (goodUntil.get() - now > 0) {
      return true;
    }
    boolean ready = askAll(now + timeout.toNanos());
    if (ready) {
      goodUntil.set(System.nanoTime() + rememberedNanos);
    }
    return ready;
  }

  private boolean askAll(long deadline) {
    // Not closed with try: close() would wait for a probe that hangs.
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<? extends Future<?>> answers =
          probes.stream().map(probe -> executor.submit(probe.check())).toList();
      boolean ready = true;
      for (int i = 0; i < probes.size(); i++) {
        ready &= answered(probes.get(i), answers.get(i), deadline);
      }
      return ready;
    } finally {
      executor.shutdownNow();
    }
  }

  private static boolean answered(Probe probe, Future<?> answer, long deadline) {
    try {
      answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException e) {
      LOG.warn("not ready: {}: {}", probe.name(), String.valueOf(e.getCause()));
    } catch (TimeoutException e) {
      LOG.warn("not ready: {} does not answer in time", probe.name());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private static void selectOne(MetadataStore metadata) {
    try (Connection connection = metadata.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    } catch (SQLException e) {
      throw new UnavailableException("PostgreSQL: " + e.getMessage(), e);
    }
  }

  /// A listing has no limit of its own, so the first key ends it.
  private static void listFirst(ObjectStore objects) {
    try {
      objects.list(
          "blobs/",
          key -> {
            throw FirstKey.SEEN;
          });
    } catch (FirstKey answered) {
      LOG.trace("object store lists");
    }
  }

  private static final class FirstKey extends RuntimeException {
    @java.io.Serial private static final long serialVersionUID = 1L;
    static final FirstKey SEEN = new FirstKey();

    private FirstKey() {
      super("first key seen", null, false, false);
    }
  }
}
