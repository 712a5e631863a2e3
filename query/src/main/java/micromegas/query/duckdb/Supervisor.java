package micromegas.query.duckdb;

import java.util.Optional;
import java.util.function.Supplier;
import micromegas.common.UnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps an instance alive: one that has failed as a whole is replaced by a new one. Running
/// queries of the old one fail or finish by themselves.
final class Supervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  private final Supplier<EngineInstance> factory;
  private EngineInstance current;
  private boolean closed;

  Supervisor(Supplier<EngineInstance> factory) {
    this.factory = factory;
    this.current = factory.get();
  }

  /// A connection together with its instance.
  record Lease(EngineInstance instance, NativeConnection connection) implements AutoCloseable {
    @Override
    public void close() {
      instance.release(connection);
    }
  }

  Lease connect() {
    while (true) {
      EngineInstance instance = current();
      NativeConnection connection = instance.connect();
      if (connection != null) {
        return new Lease(instance, connection);
      }
    }
  }

  /// A connection that was used before with the same settings, if there is one.
  Optional<Lease> reuse(long spillBytes) {
    EngineInstance instance = current();
    NativeConnection connection = instance.reuse(spillBytes);
    return connection == null ? Optional.empty() : Optional.of(new Lease(instance, connection));
  }

  private synchronized EngineInstance current() {
    if (closed) {
      throw new UnavailableException("the query engine is closed");
    }
    return current;
  }

  /// Called with every error of an instance; replaces it if the error says that it is broken.
  void report(EngineInstance instance, EngineException error) {
    if (!error.isFatal()) {
      return;
    }
    synchronized (this) {
      if (instance != current || closed) {
        return;
      }
      LOG.error("query engine instance is broken and gets replaced: {}", error.getMessage());
      current = factory.get();
      instance.retire();
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      current.retire();
    }
  }
}
