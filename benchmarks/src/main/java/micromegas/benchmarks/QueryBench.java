package micromegas.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.materialize.BlockPipeline;
import micromegas.lakehouse.materialize.PipelineSettings;
import micromegas.lakehouse.view.LogEntriesViewMaker;
import micromegas.lakehouse.view.MeasuresViewMaker;
import micromegas.lakehouse.view.View;
import micromegas.query.EngineSettings;
import micromegas.query.ExportRequest;
import micromegas.query.TableCatalog;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.flight.FlightSettings;
import micromegas.server.flight.FlightSqlServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Warm queries: over FlightSQL on materialised instances, as a user asks them; and in the engine
/// alone, on files of our writer and on files that DuckDB's COPY made of the same rows.
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description = "Warm queries over FlightSQL, and our files against those of DuckDB's COPY.")
final class QueryBench implements Callable<Integer> {
  private static final int WARM_UP_RUNS = 2;
  private static final int CLIENTS = 32;
  private static final QueryOptions WHOLE =
      new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "bench");

  @Mixin private final CommonOptions options = new CommonOptions();

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description =
          "Least time that each query runs before it is measured, so that the JVM has compiled what"
              + " it needs. Default: ${DEFAULT-VALUE}.")
  private int warmUpSeconds = 2;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Length of the measurement with 32 clients. Default: ${DEFAULT-VALUE}.")
  private int seconds = 10;

  /// @param millis of the reference
  /// @param sql with `{logs}` and `{measures}` in place of the instances
  private record Query(String name, double millis, String sql) {
    String on(String logs, String measures) {
      return sql.replace("{logs}", logs).replace("{measures}", measures);
    }
  }

  private static final List<Query> QUERIES =
      List.of(
          new Query(
              "group by level, target",
              60,
              "SELECT level, target, count(*) AS n FROM {logs} GROUP BY level, target"),
          new Query("LIKE", 48, "SELECT count(*) AS n FROM {logs} WHERE msg LIKE '%status 503%'"),
          new Query(
              "property filter",
              50,
              """
              SELECT count(*) AS n FROM {logs} WHERE property_get(properties, 'region') = 'eu-west'\
              """),
          new Query(
              "top 100 by time",
              60,
              "SELECT time, level, target, msg FROM {logs} ORDER BY time DESC LIMIT 100"),
          new Query(
              "measures by name",
              71,
              """
              SELECT name, count(*) AS n, avg(value) AS a, min(value) AS lo, max(value) AS hi
              FROM {measures} GROUP BY name\
              """),
          new Query(
              "date_bin",
              91,
              """
              SELECT date_bin(INTERVAL '100 milliseconds', time) AS t, name, avg(value) AS a
              FROM {measures} GROUP BY t, name\
              """),
          new Query("export of logs, 4 columns", 97, "SELECT time, level, target, msg FROM {logs}"),
          new Query(
              "export of measures, 3 columns", 150, "SELECT time, name, value FROM {measures}"),
          new Query("select 1", 2.2, "SELECT 1 AS one"));

  /// Those that the clients send in turn.
  private static final List<Query> MIX = List.of(QUERIES.get(0), QUERIES.get(2), QUERIES.get(4));

  @Override
  public Integer call() throws Exception {
    Machine.describe();
    System.out.println("client and server share the machine and this JVM");
    try (BenchLake lake = new BenchLake();
        Door door = new Door(lake)) {
      StoredWorkload stored = lake.ingest(Workload.scaled(1, options.scale));
      String process = stored.workload().processId().toString();
      String logs = "view_instance('log_entries', '" + process + "')";
      String measures = "view_instance('measures', '" + process + "')";
      Files files = writeFiles(lake, stored, process);
      Table table =
          new Table(
              "query, warm",
              "FlightSQL",
              "reference",
              "reference/ours",
              "engine, our file",
              "engine, COPY's file",
              "COPY/ours");
      for (Query query : QUERIES) {
        measure(lake, door.client, files, query, query.on(logs, measures), table);
      }
      table.print();
      crowd(door, MIX.stream().map(query -> query.on(logs, measures)).toList());
      Machine.describeMemory("at the end");
    }
    return 0;
  }

  private void measure(
      BenchLake lake, QueryClient client, Files files, Query query, String sql, Table table) {
    String expected = overFlight(client, sql, true).toString();
    for (TableCatalog catalog : List.of(files.ours(), files.copied())) {
      CheckFailedException.requireEqual(
          "result of '" + query.name() + "'", expected, lake.run(sql, catalog, true).toString());
    }
    long[][] times = new long[3][options.runs];
    long warm = System.nanoTime() + warmUpSeconds * 1_000_000_000L;
    for (int run = -WARM_UP_RUNS; run < options.runs; run++) {
      times[0][Math.max(0, run)] = Measure.time(() -> overFlight(client, sql, false));
      times[1][Math.max(0, run)] = Measure.time(() -> lake.run(sql, files.ours(), false));
      times[2][Math.max(0, run)] = Measure.time(() -> lake.run(sql, files.copied(), false));
      if (run == -1 && System.nanoTime() < warm) {
        run--;
      }
    }
    double flight = Measure.median(times[0]);
    double ours = Measure.median(times[1]);
    double copied = Measure.median(times[2]);
    table.row(
        query.name(),
        Measure.milliseconds(flight),
        options.scale == 1 ? Measure.milliseconds(query.millis() * 1e6) : "-",
        options.scale == 1 ? Measure.ratio(query.millis() * 1e6 / flight) : "-",
        Measure.milliseconds(ours),
        Measure.milliseconds(copied),
        Measure.ratio(copied / ours));
  }

  /// Clients that send the three queries in turn, each as soon as it has its answer.
  private void crowd(Door door, List<String> mix) throws Exception {
    long start = System.nanoTime();
    long deadline = start + seconds * 1_000_000_000L;
    List<Long> nanos = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<List<Long>>> running = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int first = i;
        running.add(clients.submit(() -> ask(door, mix, first, deadline)));
      }
      for (Future<List<Long>> client : running) {
        nanos.addAll(client.get());
      }
    }
    double elapsed = (System.nanoTime() - start) / 1e9;
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    double rate = sorted.length / elapsed;
    Table table = new Table(CLIENTS + " clients", "queries/s", "p50", "p99", "reference", "ratio");
    table.row(
        "group by, property filter, by name",
        String.format(Locale.ROOT, "%.1f", rate),
        Measure.seconds(sorted[sorted.length / 2]),
        Measure.seconds(sorted[(int) (sorted.length * 0.99)]),
        options.scale == 1 ? "19.9/s, p99 2.7 s" : "-",
        options.scale == 1 ? Measure.ratio(rate / 19.9) : "-");
    table.print();
  }

  private static List<Long> ask(Door door, List<String> mix, int first, long deadline) {
    List<Long> nanos = new ArrayList<>();
    try (QueryClient client = door.connect()) {
      for (int i = first; System.nanoTime() < deadline; i++) {
        String sql = mix.get(i % mix.size());
        nanos.add(
            Measure.time(() -> {
              if (overFlight(client, sql, false).rows() == 0) {
                throw new CheckFailedException("check failed: an answer is empty");
              }
            }));
      }
    }
    return nanos;
  }

  private static QueryDigest overFlight(QueryClient client, String sql, boolean values) {
    QueryDigest digest = new QueryDigest();
    client.query(
        sql,
        WHOLE,
        root -> {
          digest.add(root, values);
          return true;
        });
    return digest;
  }

  /// The same rows in files of two writers.
  private record Files(TableCatalog ours, TableCatalog copied) {}

  private static Files writeFiles(BenchLake lake, StoredWorkload stored, String process) {
    View logs = lake.views.make(LogEntriesViewMaker.VIEW_SET, process);
    View measures = lake.views.make(MeasuresViewMaker.VIEW_SET, process);
    List<FileCatalog.FileTable> ours = new ArrayList<>();
    List<FileCatalog.FileTable> copied = new ArrayList<>();
    try (BlockPipeline pipeline =
        new BlockPipeline(
            lake.lake.objects(), new MaterializeBench.NoErrors(), PipelineSettings.defaults())) {
      for (View view : List.of(logs, measures)) {
        List<SourceBlock> blocks = view == logs ? stored.logs() : stored.measures();
        String name = view.id().viewSet();
        Path file = lake.filesFolder().resolve(name + "-ours.parquet");
        Path copy = lake.filesFolder().resolve(name + "-copy.parquet");
        pipeline.write(view, blocks, file);
        FileCatalog.FileTable table = new FileCatalog.FileTable(name, view.schema(), file);
        lake.engine.export(
            new ExportRequest(
                "SELECT * FROM " + name, new FileCatalog(List.of(table)), copy, Optional.empty()));
        ours.add(table);
        copied.add(new FileCatalog.FileTable(name, view.schema(), copy));
      }
    }
    return new Files(new FileCatalog(List.copyOf(ours)), new FileCatalog(List.copyOf(copied)));
  }

  /// A FlightSQL server on a lake, and a client.
  private static final class Door implements AutoCloseable {
    private final BenchLake lake;
    private final FlightSqlServer server;
    final QueryClient client;

    Door(BenchLake lake) {
      this.lake = lake;
      this.server =
          FlightSqlServer.start(
              FlightSettings.defaults("127.0.0.1", 0, EngineSettings.DEFAULT_LIMITS),
              lake.engine,
              lake.lakehouse.catalog(),
              lake.allocator);
      this.client = connect();
    }

    QueryClient connect() {
      return QueryClient.connect("grpc://127.0.0.1:" + server.port(), lake.allocator);
    }

    @Override
    public void close() {
      client.close();
      server.stop(Duration.ofSeconds(5));
    }
  }
}
