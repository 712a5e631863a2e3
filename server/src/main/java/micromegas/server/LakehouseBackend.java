package micromegas.server;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import micromegas.lake.DataLake;
import micromegas.lake.embedded.EmbeddedPostgres;
import micromegas.lake.embedded.EmbeddedPostgresSettings;
import micromegas.lake.metadata.ConnectionString;
import micromegas.lake.metadata.Database;
import micromegas.lake.metadata.DatabaseSettings;
import micromegas.lake.metadata.PostgresMetadataStore;
import micromegas.lake.objects.CachedLocalFiles;
import micromegas.lake.objects.FileObjectStore;
import micromegas.lake.objects.LocalFiles;
import micromegas.lake.objects.ObjectStore;
import micromegas.lake.objects.ObjectStores;
import micromegas.lake.partition.PostgresPartitionStore;
import micromegas.lakehouse.Lakehouse;
import micromegas.lakehouse.LakehouseSettings;
import micromegas.lakehouse.fresh.FreshSettings;
import micromegas.lakehouse.maintenance.Housekeeping;
import micromegas.lakehouse.maintenance.MaintenanceDaemon;
import micromegas.lakehouse.maintenance.MaintenanceSettings;
import micromegas.lakehouse.maintenance.MaintenanceTasks;
import micromegas.lakehouse.materialize.PipelineSettings;
import micromegas.lakehouse.spans.SpanLimits;
import micromegas.lakehouse.view.BlockProcessors;
import micromegas.lakehouse.view.ViewFactories;
import micromegas.query.EngineSettings;
import micromegas.query.QueryEngine;
import micromegas.query.QueryLimits;
import micromegas.query.TableCatalog;
import micromegas.query.duckdb.DuckDbQueryEngine;
import micromegas.server.config.Configuration;
import micromegas.server.config.Settings;
import org.apache.arrow.memory.BufferAllocator;

/// The lakehouse over PostgreSQL, an object store and DuckDB. Thread-safe.
final class LakehouseBackend implements Backend {
  private final DataLake lake;
  private final QueryEngine engine;
  private final Lakehouse lakehouse;
  private final MaintenanceSettings maintenance;
  private final Clock clock;
  private final Closing closing;

  private LakehouseBackend(
      DataLake lake,
      QueryEngine engine,
      Lakehouse lakehouse,
      MaintenanceSettings maintenance,
      Clock clock,
      Closing closing) {
    this.lake = lake;
    this.engine = engine;
    this.lakehouse = lakehouse;
    this.maintenance = maintenance;
    this.clock = clock;
    this.closing = closing;
  }

  /// Opens the stores that the configuration names, or the embedded ones, brings their schemas up
  /// to date, and makes the views.
  ///
  /// @param environment where the object store looks for its credentials
  /// @param allocator parent of all Arrow memory; stays open
  /// @throws micromegas.common.MicromegasException saying which setting or service is in the way;
  ///   nothing stays open then
  static LakehouseBackend open(
      Configuration configuration, Map<String, String> environment, BufferAllocator allocator) {
    Clock clock = Clock.systemUTC();
    Closing closing = new Closing();
    try {
      DataDirectory directory =
          closing.add(DataDirectory.open(configuration.get(Settings.DATA_DIR)));
      Stores stores = Stores.open(configuration, environment, directory, clock, closing);
      QueryLimits limits = Micromegas.queryLimits(configuration);
      QueryEngine engine =
          closing.add(
              DuckDbQueryEngine.open(
                  engineSettings(configuration, directory, stores.lake().files(), limits),
                  allocator,
                  MemoryShares.of(configuration).arrowBytes()));
      Extensions extensions = closing.add(Extensions.load(configuration.find(Settings.EXTENSIONS)));
      Lakehouse lakehouse =
          closing.add(
              new Lakehouse(
                  stores.lake(),
                  engine,
                  ViewFactories.standard(
                      BlockProcessors.builtIn(),
                      new SpanLimits(
                          configuration.get(Settings.SPAN_MEMORY_ROWS),
                          configuration.get(Settings.SPAN_MAX_OPEN)),
                      extensions.all()),
                  List.of(),
                  directory.work(),
                  lakehouseSettings(configuration, limits),
                  clock));
      MaintenanceSettings maintenance =
          MaintenanceSettings.DEFAULT.withRetention(
              Duration.ofDays(configuration.get(Settings.RETENTION_DAYS)));
      return new LakehouseBackend(stores.lake(), engine, lakehouse, maintenance, clock, closing);
    } catch (RuntimeException | Error e) {
      try {
        closing.close();
      } catch (RuntimeException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  @Override
  public DataLake lake() {
    return lake;
  }

  @Override
  public QueryEngine engine() {
    return engine;
  }

  @Override
  public TableCatalog catalog() {
    return lakehouse.catalog();
  }

  @Override
  public MaintenanceRole startMaintenance() {
    DataSource dataSource = lake.metadata().dataSource();
    Housekeeping housekeeping =
        new Housekeeping(dataSource, lake.objects(), lake.partitions(), maintenance);
    MaintenanceTasks tasks =
        new MaintenanceTasks(
            lakehouse.materializer(),
            lakehouse.sources(),
            housekeeping.steps(),
            maintenance,
            clock);
    MaintenanceDaemon daemon = new MaintenanceDaemon(dataSource, tasks, maintenance, clock);
    daemon.start();
    return daemon::close;
  }

  @Override
  public void close() {
    closing.close();
  }

  /// What is durable.
  private record Stores(DataLake lake) {
    static Stores open(
        Configuration configuration,
        Map<String, String> environment,
        DataDirectory directory,
        Clock clock,
        Closing closing) {
      ConnectionString connection =
          configuration
              .find(Settings.SQL_CONNECTION_STRING)
              .map(ConnectionString::parse)
              .orElseGet(() ->
                  closing
                      .add(
                          EmbeddedPostgres.start(EmbeddedPostgresSettings.in(directory.postgres())))
                      .connectionString());
      DatabaseSettings settings = DatabaseSettings.DEFAULT;
      Database database = closing.add(Database.open(connection, settings));
      Optional<String> uri = configuration.find(Settings.OBJECT_STORE_URI);
      ObjectStore objects =
          closing.add(
              uri.isPresent()
                  ? ObjectStores.open(uri.get(), environment)
                  : new FileObjectStore(directory.lake()));
      LocalFiles files =
          objects instanceof LocalFiles local
              ? local
              : new CachedLocalFiles(
                  objects, directory.cache(), configuration.get(Settings.CACHE_SIZE));
      return new Stores(
          new DataLake(
              new PostgresMetadataStore(database, settings),
              objects,
              files,
              new PostgresPartitionStore(database.dataSource(), clock, owner())));
    }

    private static String owner() {
      return "micromegas-" + ProcessHandle.current().pid();
    }
  }

  private static LakehouseSettings lakehouseSettings(
      Configuration configuration, QueryLimits limits) {
    PipelineSettings defaults = PipelineSettings.defaults();
    return new LakehouseSettings(
        new FreshSettings(
            configuration.get(Settings.FRESH_CLOSED_AFTER),
            configuration.get(Settings.FRESH_SETTLE_AFTER),
            configuration.get(Settings.FRESH_TAIL_OBJECTS),
            configuration.get(Settings.FRESH_CLOCK_SLACK),
            configuration.get(Settings.FRESH_PARALLEL_BUILDS),
            configuration.get(Settings.FRESH_PARALLEL_FETCHES)),
        new PipelineSettings(
            configuration.find(Settings.PIPELINE_WORKERS).orElse(defaults.workers()),
            configuration.get(Settings.PIPELINE_MEMORY),
            configuration.get(Settings.PIPELINE_READS),
            defaults.decode(),
            defaults.parquet()),
        configuration.get(Settings.TAIL_SIZE),
        limits);
  }

  private static EngineSettings engineSettings(
      Configuration configuration, DataDirectory directory, LocalFiles files, QueryLimits limits) {
    List<Path> folders = new ArrayList<>(files.roots());
    folders.add(Lakehouse.dataFolder(directory.work()));
    EngineSettings defaults =
        EngineSettings.defaults(
            directory.engine(),
            folders,
            MemoryShares.of(configuration).queryEngineBytes(),
            MemoryShares.of(configuration).materializationEngineBytes());
    return new EngineSettings(
        defaults.threads(),
        defaults.memoryBytes(),
        defaults.exportMemoryBytes(),
        defaults.tempDirectory(),
        configuration.get(Settings.TEMPORARY_SPACE_MB) * 1024 * 1024,
        defaults.allowedDirectories(),
        defaults.libraryDirectory(),
        defaults.nativeCalls(),
        limits);
  }
}
