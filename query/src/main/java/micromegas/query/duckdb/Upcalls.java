package micromegas.query.duckdb;

import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import micromegas.query.ScalarFunction;
import micromegas.query.plan.PlannedQuery;
import org.apache.arrow.memory.BufferAllocator;

/// What running queries have the engine call back, by handle: SQL carries numbers, not objects.
/// Handles are random, so that no query can guess one of another. Thread-safe.
final class Upcalls {
  private final SecureRandom random = new SecureRandom();
  private final Map<Long, RowSource> sources = new ConcurrentHashMap<>();
  private final Map<Long, Callback> callbacks = new ConcurrentHashMap<>();
  private final Map<Long, OpenScan> scans = new ConcurrentHashMap<>();

  /// A table function of a running query.
  record RowSource(PlannedQuery.FunctionScan scan, QueryRun run, BufferAllocator allocator) {}

  /// A scalar function of a running query.
  record Callback(ScalarFunction function, QueryRun run) {}

  /// Makes the functions of one query known, until the registration is closed.
  Registration register(PlannedQuery plan, QueryRun run, BufferAllocator allocator) {
    Registration registration = new Registration(run);
    for (PlannedQuery.FunctionScan scan : plan.functionScans()) {
      long handle = newHandle();
      sources.put(handle, new RowSource(scan, run, allocator));
      registration.handles.put(scan.name(), handle);
    }
    for (PlannedQuery.ScalarCall call : plan.scalarCalls()) {
      long handle = newHandle();
      callbacks.put(handle, new Callback(call.function(), run));
      registration.handles.put(call.name(), handle);
    }
    return registration;
  }

  private long newHandle() {
    return random.nextLong(1, Long.MAX_VALUE);
  }

  Optional<RowSource> source(long handle) {
    return Optional.ofNullable(sources.get(handle));
  }

  Optional<Callback> callback(long handle) {
    return Optional.ofNullable(callbacks.get(handle));
  }

  /// A handle for a scan that starts.
  long open(long sourceHandle, OpenScan scan) {
    long handle = newHandle();
    scans.put(handle, scan);
    if (!sources.containsKey(sourceHandle)) {
      // The query ended in between: nobody else would close it.
      close(handle);
    }
    return handle;
  }

  Optional<OpenScan> scan(long handle) {
    return Optional.ofNullable(scans.get(handle));
  }

  /// Ends a scan; the engine calls this when it has enough rows.
  void close(long handle) {
    OpenScan scan = scans.remove(handle);
    if (scan != null) {
      scan.close();
    }
  }

  /// The handles of one query.
  final class Registration implements AutoCloseable {
    private final QueryRun run;
    private final Map<String, Long> handles = new HashMap<>();

    Registration(QueryRun run) {
      this.run = run;
    }

    Map<String, Long> handles() {
      return handles;
    }

    /// Forgets them and ends the scans that the engine has not ended.
    @Override
    public void close() {
      for (long handle : handles.values()) {
        sources.remove(handle);
        callbacks.remove(handle);
      }
      for (Map.Entry<Long, OpenScan> scan : scans.entrySet()) {
        if (scan.getValue().source().run() == run) {
          Upcalls.this.close(scan.getKey());
        }
      }
    }
  }
}
