package micromegas.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
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

  private static final int MAX_WARM_UP_SECONDS = 40;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Length of each measurement. Default: ${DEFAULT-VALUE}.")
  private int seconds = 1;

  @Option(
      names = "--warm-up",
      paramLabel = "REQUESTS",
      description =
          "Requests of each kind before the first measurement, so that the server runs compiled"
              + " code; what does not fit into "
              + MAX_WARM_UP_SECONDS
              + " seconds is left out. Default: ${DEFAULT-VALUE}.")
  private int warmUp = 8000;

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
    Path folder = Folders.create();
    Folders.describe(folder);
    List<OtlpLoad> loads = new ArrayList<>();
    try (ServerProcess server = ServerProcess.start(folder)) {
      for (Signal signal : Signal.values()) {
        if (signals.contains(signal.label())) {
          loads.add(open(server, signal, false, loads.size()));
          loads.add(open(server, signal, true, loads.size()));
        }
      }
      warmUp(loads);
      for (int run = 0; run < options.runs; run++) {
        for (OtlpLoad load : loads) {
          load.measure(seconds);
        }
      }
      report(loads);
      check(server, loads.stream().mapToLong(OtlpLoad::allRequests).sum());
    } finally {
      for (OtlpLoad load : loads) {
        load.close();
      }
      Folders.delete(folder);
    }
    return 0;
  }

  private OtlpLoad open(ServerProcess server, Signal signal, boolean grpc, int number)
      throws IOException {
    return OtlpLoad.open(server, signal, grpc, RECORDS, connections, number * connections);
  }

  private void warmUp(List<OtlpLoad> loads) throws Exception {
    long end = System.nanoTime() + MAX_WARM_UP_SECONDS * 1_000_000_000L;
    boolean cold = true;
    while (cold) {
      cold = false;
      for (OtlpLoad load : loads) {
        if (load.allRequests() < warmUp && System.nanoTime() < end) {
          load.send(1);
          cold = true;
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "warm-up: %s requests%n",
        String.join(", ", loads.stream().map(load -> number(load.allRequests())).toList()));
  }

  private static void report(List<OtlpLoad> loads) {
    Table table =
        new Table(
            "OTLP",
            "requests/s",
            "records/s",
            "per CPU-second of the server",
            "with PostgreSQL",
            "CPU of a request: server",
            "PostgreSQL",
            "reference",
            "ours/reference");
    for (OtlpLoad load : loads) {
      OtlpLoad.Cost cost = load.cost();
      boolean compared = load.name().equals("logs, HTTP");
      table.row(
          load.name(),
          number(cost.requestRate()),
          number(cost.requestRate() * RECORDS),
          number(RECORDS / cost.serverSeconds()),
          number(RECORDS / (cost.serverSeconds() + cost.postgresSeconds())),
          micros(cost.serverSeconds()),
          micros(cost.postgresSeconds()),
          compared ? number(REFERENCE_REQUESTS) + " requests/s" : "-",
          compared ? Measure.ratio(cost.requestRate() / REFERENCE_REQUESTS) : "-");
    }
    table.print();
  }

  private static String micros(double seconds) {
    return String.format(Locale.ROOT, "%,.0f us", seconds * 1e6);
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
