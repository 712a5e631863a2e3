package micromegas.query.duckdb;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import micromegas.query.EngineSettings;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/// One database of the engine with our settings and functions, locked against any change. Closed
/// once it is retired and its last connection is gone.
final class EngineInstance {
  /// Idle connections that are kept.
  private static final int KEPT = 32;

  /// First rows of an order that are looked for in the ordered columns alone; the others are then
  /// read for these rows only. With many more of them nearly every row group is read again.
  private static final int LATE_ROWS = 1_000;

  private final NativeInstance database;
  private final BufferAllocator allocator;
  private final boolean readOnly;
  private int connections;
  private boolean retired;
  private final List<Idle> idle = new ArrayList<>();

  /// A connection without a statement.
  private record Idle(NativeConnection connection, long spillBytes) {}

  /// @param readOnly whether SQL is kept from writing files; false only for the instance of exports
  /// @param upcalls what its functions call back
  EngineInstance(
      NativeApi api,
      EngineSettings settings,
      boolean readOnly,
      Upcalls upcalls,
      BufferAllocator allocator) {
    this.allocator = allocator;
    this.readOnly = readOnly;
    this.database = new NativeInstance(api);
    try (NativeConnection connection = database.connect()) {
      new CastRegistrar(api, connection).registerAll();
      FunctionRegistrar functions = new FunctionRegistrar(api, connection);
      TimeFunctions.all().forEach(functions::register);
      JsonbFunctions.all().forEach(functions::register);
      ColorFunctions.all().forEach(functions::register);
      MakeHistogram histogram = new MakeHistogram(api);
      EngineAggregate.register(api, connection, "make_histogram", histogram);
      // The same, where no rows have a histogram nevertheless.
      EngineAggregate.register(api, connection, "histogram_of_rows", histogram);
      EngineAggregate.register(
          api, connection, "sum_histograms", new SumHistograms(api), new SumBuckets(api));
      new RowsFunction(api, upcalls).register(connection);
      new ScalarCallbacks(api, upcalls).register(connection);
      SqlMacros.statements().forEach(sql -> run(connection, sql));
      configuration(settings).forEach(sql -> run(connection, sql));
    } catch (RuntimeException | Error e) {
      database.close();
      throw e;
    }
  }

  /// In this order: the last two forbid the ones before them.
  private List<String> configuration(EngineSettings settings) {
    long memory = readOnly ? settings.memoryBytes() : settings.exportMemoryBytes();
    String suffix = readOnly ? "query" : "export";
    String directories =
        settings.allowedDirectories().stream()
            .map(EngineInstance::folder)
            .collect(Collectors.joining(", ", "[", "]"));
    return List.of(
        "SET GLOBAL temp_directory = " + quote(settings.tempDirectory().resolve(suffix).toString()),
        "SET GLOBAL max_temp_directory_size = '" + settings.tempBytes() + "B'",
        "SET GLOBAL memory_limit = '" + memory + "B'",
        "SET GLOBAL threads = " + settings.threads(),
        // Rows come in the order of their files, as `thread_spans` and `flame_graph` need them.
        "SET GLOBAL preserve_insertion_order = true",
        "SET GLOBAL TimeZone = 'UTC'",
        "SET GLOBAL integer_division = true",
        "SET GLOBAL default_null_order = 'NULLS_LAST_ON_ASC_FIRST_ON_DESC'",
        "SET GLOBAL parquet_metadata_cache = true",
        "SET GLOBAL late_materialization_max_rows = " + LATE_ROWS,
        // Files of the lake never change under their name.
        "SET GLOBAL validate_external_file_cache = 'NO_VALIDATION'",
        "SET GLOBAL autoinstall_known_extensions = false",
        "SET GLOBAL autoload_known_extensions = false",
        "SET GLOBAL allow_community_extensions = false",
        "SET GLOBAL allowed_directories = " + directories,
        "SET GLOBAL allowed_configs = "
            + "['operator_memory_limit', 'enable_progress_bar', 'enable_progress_bar_print']",
        "SET GLOBAL enable_external_access = false",
        "SET GLOBAL lock_configuration = true");
  }

  private static String folder(Path path) {
    return quote(path.toAbsolutePath().normalize() + "/");
  }

  private static String quote(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private void run(NativeConnection connection, String sql) {
    try {
      connection.execute(sql, allocator);
    } catch (java.io.IOException | EngineException e) {
      throw new EngineException(EngineErrors.unwrap(e).getMessage() + " in: " + sql);
    }
  }

  /// A connection, to be given back with [#release].
  ///
  /// @return null when this instance is retired
  synchronized @Nullable NativeConnection connect() {
    if (retired) {
      return null;
    }
    NativeConnection connection = database.connect();
    connections++;
    return connection;
  }

  /// An idle connection with these settings, if there is one.
  synchronized @Nullable NativeConnection reuse(long spillBytes) {
    if (retired) {
      return null;
    }
    NativeConnection found = null;
    for (Idle candidate : idle) {
      if (candidate.spillBytes == spillBytes) {
        found = candidate.connection;
        idle.remove(candidate);
        break;
      }
    }
    return found;
  }

  /// Keeps a connection whose statement ran to its end, for the next query with the same settings.
  void keep(NativeConnection connection, long spillBytes) {
    synchronized (this) {
      if (!retired && idle.size() < KEPT) {
        idle.add(new Idle(connection, spillBytes));
        return;
      }
    }
    release(connection);
  }

  void release(NativeConnection connection) {
    if (connection.closeOnce()) {
      synchronized (this) {
        connections--;
        closeIfIdle();
      }
    }
  }

  synchronized boolean isRetired() {
    return retired;
  }

  /// Takes no more connections.
  synchronized void retire() {
    if (!retired) {
      retired = true;
      for (Idle connection : idle) {
        connection.connection.close();
        connections--;
      }
      idle.clear();
      closeIfIdle();
    }
  }

  private void closeIfIdle() {
    if (retired && connections == 0) {
      database.close();
    }
  }
}
