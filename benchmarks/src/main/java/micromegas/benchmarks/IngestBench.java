package micromegas.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import micromegas.ingestion.IngestionService;
import micromegas.ingestion.http.IngestionServer;
import micromegas.ingestion.http.IngestionSettings;
import micromegas.ingestion.http.Readiness;
import micromegas.ingestion.otlp.OtlpIngestion;
import micromegas.ingestion.otlp.OtlpSettings;
import micromegas.lake.embedded.EmbeddedPostgres;
import micromegas.lake.embedded.EmbeddedPostgresSettings;
import micromegas.lake.envelope.EnvelopeReader;
import micromegas.lake.metadata.Database;
import micromegas.lake.metadata.DatabaseSettings;
import micromegas.lake.metadata.PostgresMetadataStore;
import micromegas.lake.objects.FileObjectStore;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.CborWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Blocks of about 11 KB over HTTP into a real server on embedded PostgreSQL, which waits for the
/// disk, and a folder of objects, which does or does not.
@Command(
    name = "ingest",
    mixinStandardHelpOptions = true,
    description = "Blocks of 11 KB over 1 and 16 connections, with and without fsync of objects.")
final class IngestBench implements Callable<Integer> {
  private static final int ENVELOPE_BYTES = 11_000;
  private static final int DISTINCT_PAYLOADS = 200;
  private static final int[] CONNECTIONS = {1, 16};
  private static final String[] REFERENCE = {"1,025/s, p50 0.87 ms", "3,100/s, p50 4.9 ms"};
  private static final double[] REFERENCE_RATES = {1025, 3100};

  @Mixin private final CommonOptions options = new CommonOptions();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Length of each measurement. Default: ${DEFAULT-VALUE}.")
  private int seconds = 3;

  private record Block(BlockInfo info, BlockPayload payload) {}

  /// One measurement.
  ///
  /// @param nanos latencies of the blocks in ascending order
  private record Result(double rate, List<long[]> nanos) {
    double percentile(double share) {
      long[] all = nanos.stream().flatMapToLong(Arrays::stream).sorted().toArray();
      return all[(int) Math.min(all.length - 1L, (long) (all.length * share))];
    }
  }

  /// A server over one object store.
  private static final class Target implements AutoCloseable {
    final String name;
    final FileObjectStore objects;
    final IngestionServer server;
    final List<List<Result>> results = List.of(new ArrayList<>(), new ArrayList<>());

    Target(String name, Path folder, boolean fsync, PostgresMetadataStore metadata) {
      this.name = name;
      this.objects = new FileObjectStore(folder, fsync);
      IngestionSettings settings =
          IngestionSettings.defaults(Runtime.getRuntime().maxMemory()).withAddress("127.0.0.1", 0);
      IngestionService service =
          new IngestionService(metadata, objects, new EnvelopeReader(), Clock.systemUTC());
      this.server =
          IngestionServer.start(
              settings,
              service,
              new OtlpIngestion(service, OtlpSettings.DEFAULTS, Clock.systemUTC()),
              Readiness.of(metadata, objects),
              settings.admission());
    }

    @Override
    public void close() {
      server.close();
      objects.close();
    }
  }

  @Override
  public Integer call() throws Exception {
    Machine.describe();
    System.out.println(
        "clients, server and PostgreSQL share the machine; clients and server this JVM");
    List<Block> blocks = blocks();
    Path folder = Folders.create();
    Folders.describe(folder);
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.start(EmbeddedPostgresSettings.in(folder.resolve("postgres")));
        Database database = Database.open(postgres.connectionString(), DatabaseSettings.DEFAULT)) {
      PostgresMetadataStore metadata =
          new PostgresMetadataStore(database, DatabaseSettings.DEFAULT);
      try (Target synced = new Target("fsynced", folder.resolve("synced"), true, metadata);
          Target unsynced =
              new Target("not fsynced", folder.resolve("unsynced"), false, metadata)) {
        List<Target> targets = List.of(synced, unsynced);
        long acknowledged = measure(targets, blocks);
        report(targets);
        check(database.dataSource(), targets, acknowledged);
      }
    } finally {
      Folders.delete(folder);
    }
    return 0;
  }

  /// The targets take turns; one unmeasured turn warms up.
  private long measure(List<Target> targets, List<Block> blocks) throws Exception {
    registerStream(targets.getFirst());
    long acknowledged = 0;
    for (int run = -1; run < options.runs; run++) {
      for (int i = 0; i < CONNECTIONS.length; i++) {
        for (Target target : targets) {
          Result result = send(target, blocks, CONNECTIONS[i]);
          acknowledged += result.nanos().stream().mapToLong(times -> times.length).sum();
          if (run >= 0) {
            target.results.get(i).add(result);
          }
        }
      }
    }
    return acknowledged;
  }

  private static void registerStream(Target target) throws IOException {
    Workload workload = Workload.scaled(1, 0);
    try (HttpConnection connection = new HttpConnection(target.server.address())) {
      requireOk(
          connection.post("/ingestion/insert_process", CborWriter.process(workload.process())));
      requireOk(
          connection.post("/ingestion/insert_stream", CborWriter.stream(workload.logStream())));
    }
  }

  private Result send(Target target, List<Block> blocks, int connections) throws Exception {
    AtomicLong next = new AtomicLong();
    long start = System.nanoTime();
    long deadline = start + seconds * 1_000_000_000L;
    List<long[]> latencies = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(connections)) {
      List<Future<long[]>> running = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        running.add(clients.submit(() -> sendUntil(deadline, target, blocks, next)));
      }
      for (Future<long[]> client : running) {
        latencies.add(client.get());
      }
    }
    double elapsed = (System.nanoTime() - start) / 1e9;
    long sent = latencies.stream().mapToLong(times -> times.length).sum();
    return new Result(sent / elapsed, latencies);
  }

  private static long[] sendUntil(
      long deadline, Target target, List<Block> blocks, AtomicLong next) {
    long[] times = new long[1024];
    int sent = 0;
    try (HttpConnection connection = new HttpConnection(target.server.address())) {
      while (System.nanoTime() < deadline) {
        Block block = blocks.get((int) (next.getAndIncrement() % blocks.size()));
        byte[] body = CborWriter.block(withNewId(block.info()), block.payload());
        long begin = System.nanoTime();
        requireOk(connection.post("/ingestion/insert_block", body));
        if (sent == times.length) {
          times = Arrays.copyOf(times, sent * 2);
        }
        times[sent++] = System.nanoTime() - begin;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Arrays.copyOf(times, sent);
  }

  private void report(List<Target> targets) {
    Table table =
        new Table(
            "objects", "connections", "blocks/s", "p50", "p99", "reference", "ours/reference");
    for (int i = 0; i < CONNECTIONS.length; i++) {
      for (Target target : targets) {
        List<Result> results = new ArrayList<>(target.results.get(i));
        results.sort((a, b) -> Double.compare(a.rate(), b.rate()));
        Result median = results.get(results.size() / 2);
        table.row(
            target.name,
            String.valueOf(CONNECTIONS[i]),
            String.format(Locale.ROOT, "%,.0f", median.rate()),
            Measure.milliseconds(median.percentile(0.5)),
            Measure.milliseconds(median.percentile(0.99)),
            REFERENCE[i] + ", not fsynced",
            Measure.ratio(median.rate() / REFERENCE_RATES[i]));
      }
    }
    table.print();
  }

  /// Every acknowledged block has a row and an object.
  private static void check(DataSource dataSource, List<Target> targets, long acknowledged)
      throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM blocks")) {
      rows.next();
      CheckFailedException.requireEqual("rows of blocks", acknowledged, rows.getLong(1));
    }
    AtomicLong objects = new AtomicLong();
    for (Target target : targets) {
      target.objects.list("blobs/", key -> objects.incrementAndGet());
    }
    CheckFailedException.requireEqual("objects", acknowledged, objects.get());
    System.out.printf(
        Locale.ROOT, "checked: %,d acknowledged blocks = rows = objects%n", acknowledged);
  }

  /// Log blocks whose envelopes have about the wanted size.
  private static List<Block> blocks() {
    int blockBytes = 64 * 1024;
    for (int attempt = 0; attempt < 4; attempt++) {
      List<Block> sample = cut(10_000, blockBytes);
      int bytes = CborWriter.block(sample.getFirst().info(), sample.getFirst().payload()).length;
      blockBytes = (int) ((long) blockBytes * ENVELOPE_BYTES / bytes);
    }
    List<Block> blocks = cut(DISTINCT_PAYLOADS * 2_500, blockBytes);
    List<Block> whole = blocks.subList(0, Math.min(DISTINCT_PAYLOADS, blocks.size() - 1));
    System.out.printf(
        Locale.ROOT,
        "%d distinct payloads, %,d bytes and %,d events per envelope on average%n",
        whole.size(),
        (long)
            whole.stream()
                .mapToInt(block -> CborWriter.block(block.info(), block.payload()).length)
                .average()
                .orElseThrow(),
        (long) whole.stream().mapToInt(block -> block.info().nbObjects()).average().orElseThrow());
    return whole;
  }

  private static List<Block> cut(int rows, int blockBytes) {
    List<Block> blocks = new ArrayList<>();
    new Workload(1, rows, 0)
        .logBlocks(blockBytes, (info, payload) -> blocks.add(new Block(info, payload)));
    return blocks;
  }

  private static BlockInfo withNewId(BlockInfo info) {
    return new BlockInfo(
        UUID.randomUUID(),
        info.streamId(),
        info.processId(),
        info.beginTime(),
        info.beginTicks(),
        info.endTime(),
        info.endTicks(),
        info.objectOffset(),
        info.nbObjects());
  }

  private static void requireOk(int status) {
    CheckFailedException.requireEqual("status", 200, status);
  }
}
