package micromegas.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import micromegas.otlp.Signal;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import org.apache.arrow.memory.RootAllocator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// OTLP over HTTP and gRPC into a server of its own process, on embedded PostgreSQL and a folder of
/// objects that both wait for the disk.
@Command(
    name = "otlp-ingest",
    mixinStandardHelpOptions = true,
    description = "OpenTelemetry logs, metrics and spans over HTTP and gRPC.")
final class OtlpIngestBench implements Callable<Integer> {
  /// Records in a request of the reference's figure.
  private static final int RECORDS = 58;

  private static final double REFERENCE_REQUESTS = 1349;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Length of each measurement. Default: ${DEFAULT-VALUE}.")
  private int seconds = 3;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "Connections that send at the same time. Default: ${DEFAULT-VALUE}.")
  private int connections = 8;

  @Option(
      names = "--signals",
      split = ",",
      paramLabel = "SIGNAL",
      description = "logs, metrics, traces. Default: all.")
  private List<String> signals = List.of("logs", "metrics", "traces");

  /// One way to send.
  private record Way(Signal signal, boolean grpc) {
    String name() {
      return signal.label() + (grpc ? ", gRPC" : ", HTTP");
    }
  }

  /// @param requests acknowledged
  /// @param elapsed in seconds
  private record Result(long requests, double elapsed, Duration server, Duration postgres) {
    double requestRate() {
      return requests / elapsed;
    }

    double perServerSecond() {
      return requests * RECORDS / seconds(server);
    }

    double perCpuSecond() {
      return requests * RECORDS / seconds(server.plus(postgres));
    }

    private static double seconds(Duration duration) {
      return duration.toNanos() / 1e9;
    }
  }

  @Override
  public Integer call() throws Exception {
    Machine.describe();
    System.out.printf(
        Locale.ROOT,
        "%d connections, %d records and %,d bytes in a request; the clients share the machine%n",
        connections,
        RECORDS,
        new OtlpRequests(Signal.LOGS, RECORDS, 0).next().length);
    OtlpCodecCost.report(RECORDS);
    List<Way> ways = new ArrayList<>();
    for (Signal signal : Signal.values()) {
      if (signals.contains(signal.label())) {
        ways.add(new Way(signal, false));
        ways.add(new Way(signal, true));
      }
    }
    Path folder = Folders.create();
    Folders.describe(folder);
    try (ServerProcess server = ServerProcess.start(folder)) {
      List<List<Result>> results = new ArrayList<>();
      ways.forEach(way -> results.add(new ArrayList<>()));
      long requests = 0;
      int clients = 0;
      for (int run = -1; run < options.runs; run++) {
        for (int i = 0; i < ways.size(); i++) {
          Result result = send(server, ways.get(i), clients);
          clients += connections;
          requests += result.requests();
          if (run >= 0) {
            results.get(i).add(result);
          }
        }
      }
      report(ways, results);
      check(server, requests);
    } finally {
      Folders.delete(folder);
    }
    return 0;
  }

  /// @param firstClient number of the first client; each has a number of its own, so that no
  ///   request repeats another
  private Result send(ServerProcess server, Way way, int firstClient) throws Exception {
    Duration serverBefore = server.cpu();
    Duration postgresBefore = server.postgresCpu();
    long start = System.nanoTime();
    long deadline = start + seconds * 1_000_000_000L;
    long requests = 0;
    try (ExecutorService clients = Executors.newFixedThreadPool(connections)) {
      List<Future<Long>> running = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        int client = firstClient + i;
        running.add(clients.submit(() -> sendUntil(deadline, server, way, client)));
      }
      for (Future<Long> client : running) {
        requests += client.get();
      }
    }
    double elapsed = (System.nanoTime() - start) / 1e9;
    return new Result(
        requests,
        elapsed,
        server.cpu().minus(serverBefore),
        server.postgresCpu().minus(postgresBefore));
  }

  private static long sendUntil(long deadline, ServerProcess server, Way way, int client) {
    OtlpRequests requests = new OtlpRequests(way.signal(), RECORDS, client);
    long sent = 0;
    try (OtlpSender sender =
        way.grpc()
            ? OtlpSender.grpc(server.grpc(), way.signal())
            : OtlpSender.http(server.http(), way.signal())) {
      while (System.nanoTime() < deadline) {
        sender.export(requests.next());
        sent++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sent;
  }

  private static void report(List<Way> ways, List<List<Result>> results) {
    Table table =
        new Table(
            "OTLP",
            "requests/s",
            "records/s",
            "per CPU-second of the server",
            "with PostgreSQL",
            "reference",
            "ours/reference");
    for (int i = 0; i < ways.size(); i++) {
      List<Result> sorted = new ArrayList<>(results.get(i));
      sorted.sort(Comparator.comparingDouble(Result::requestRate));
      Result median = sorted.get(sorted.size() / 2);
      boolean compared = ways.get(i).equals(new Way(Signal.LOGS, false));
      table.row(
          ways.get(i).name(),
          number(median.requestRate()),
          number(median.requestRate() * RECORDS),
          number(median.perServerSecond()),
          number(median.perCpuSecond()),
          compared ? number(REFERENCE_REQUESTS) + " requests/s" : "-",
          compared ? Measure.ratio(median.requestRate() / REFERENCE_REQUESTS) : "-");
    }
    table.print();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  /// Every acknowledged request is a block, and every record is counted.
  private static void check(ServerProcess server, long requests) {
    List<Long> answer = new ArrayList<>();
    try (RootAllocator allocator = new RootAllocator();
        QueryClient client = QueryClient.connect(server.flight(), allocator)) {
      client.query(
          "SELECT count(*) AS n, CAST(sum(nb_objects) AS BIGINT) AS records FROM blocks",
          new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "bench"),
          root -> {
            root.getFieldVectors()
                .forEach(column -> answer.add(((Number) column.getObject(0)).longValue()));
            return false;
          });
    }
    CheckFailedException.requireEqual(
        "blocks and records", List.of(requests, requests * RECORDS), answer);
    System.out.printf(
        Locale.ROOT,
        "checked: %,d acknowledged requests = blocks, %,d records%n",
        requests,
        requests * RECORDS);
  }
}
