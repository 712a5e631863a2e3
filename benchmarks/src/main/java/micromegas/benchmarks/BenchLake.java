package micromegas.benchmarks;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import micromegas.common.TimeRange;
import micromegas.ingestion.Caller;
import micromegas.ingestion.IngestionService;
import micromegas.lake.DataLake;
import micromegas.lake.embedded.EmbeddedPostgres;
import micromegas.lake.embedded.EmbeddedPostgresSettings;
import micromegas.lake.envelope.EnvelopeReader;
import micromegas.lake.metadata.Database;
import micromegas.lake.metadata.DatabaseSettings;
import micromegas.lake.metadata.PostgresMetadataStore;
import micromegas.lake.objects.FileObjectStore;
import micromegas.lake.partition.PostgresPartitionStore;
import micromegas.lakehouse.Lakehouse;
import micromegas.lakehouse.LakehouseSettings;
import micromegas.lakehouse.view.BlockProcessors;
import micromegas.lakehouse.view.ViewFactories;
import micromegas.lakehouse.view.ViewFactory;
import micromegas.query.EngineSettings;
import micromegas.query.QueryEngine;
import micromegas.query.QueryRequest;
import micromegas.query.QueryResult;
import micromegas.query.TableCatalog;
import micromegas.query.duckdb.DuckDbQueryEngine;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/// A lakehouse of our own in a temporary folder, deleted at the end: embedded PostgreSQL, objects
/// on local disk with fsync, the views, the engine. Put together as the server does it, with
/// default settings.
final class BenchLake implements AutoCloseable {
  private static final long ENGINE_BYTES = 1L << 30;

  private final Deque<AutoCloseable> closing = new ArrayDeque<>();
  final Path folder = Folders.create();
  final BufferAllocator allocator = new RootAllocator();
  final DataLake lake;
  final QueryEngine engine;
  final Lakehouse lakehouse;
  final ViewFactory views;
  final IngestionService ingestion;

  BenchLake() {
    closing.push(() -> Folders.delete(folder));
    closing.push(allocator);
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(EmbeddedPostgresSettings.in(folder.resolve("postgres")));
    closing.push(postgres);
    DatabaseSettings settings = DatabaseSettings.DEFAULT;
    Database database = Database.open(postgres.connectionString(), settings);
    closing.push(database);
    FileObjectStore objects = new FileObjectStore(folder.resolve("lake"));
    closing.push(objects);
    Clock clock = Clock.systemUTC();
    lake =
        new DataLake(
            new PostgresMetadataStore(database, settings),
            objects,
            objects,
            new PostgresPartitionStore(database.dataSource(), clock, "bench"));
    Path work = folder.resolve("work");
    engine =
        DuckDbQueryEngine.open(
            EngineSettings.defaults(
                work,
                List.of(Lakehouse.dataFolder(work), folder.resolve("lake"), filesFolder()),
                ENGINE_BYTES,
                ENGINE_BYTES / 2),
            allocator);
    closing.push(engine);
    views = ViewFactories.standard(BlockProcessors.builtIn(), List.of());
    lakehouse =
        new Lakehouse(lake, engine, views, List.of(), work, LakehouseSettings.defaults(), clock);
    closing.push(lakehouse);
    ingestion = new IngestionService(lake.metadata(), objects, new EnvelopeReader(), clock);
  }

  /// Folder for Parquet files of a benchmark; the engine may read and write it.
  Path filesFolder() {
    return folder.resolve("files");
  }

  /// Sends a workload through the ingestion service, without HTTP.
  StoredWorkload ingest(Workload workload) {
    ingestion.insertProcess(workload.process(), Caller.ANONYMOUS);
    ingestion.insertStream(workload.logStream());
    ingestion.insertStream(workload.metricStream());
    return StoredWorkload.create(
        workload, (block, payload) -> ingestion.insertBlock(block.info(), payload));
  }

  /// Sends the spans of a thread through the ingestion service, without HTTP.
  void ingest(SpanWorkload workload) {
    ingestion.insertProcess(workload.process(), Caller.ANONYMOUS);
    ingestion.insertStream(workload.stream());
    workload.blocks(ingestion::insertBlock);
  }

  /// Reads all rows of a query and returns their digest.
  ///
  /// @param values whether the digest takes the values into account, which costs time
  QueryDigest run(String sql, TableCatalog catalog, boolean values) {
    QueryDigest digest = new QueryDigest();
    try (QueryResult result =
        engine.query(
            new QueryRequest(
                UUID.randomUUID(),
                sql,
                TimeRange.ALL,
                OptionalLong.empty(),
                catalog,
                EngineSettings.DEFAULT_LIMITS))) {
      while (result.next()) {
        digest.add(result.root(), values);
      }
    }
    return digest;
  }

  @Override
  public void close() throws Exception {
    Exception failure = null;
    while (!closing.isEmpty()) {
      try {
        closing.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
