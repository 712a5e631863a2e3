package micromegas.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.demo.Shop;
import micromegas.server.demo.TelemetryClient;
import org.apache.arrow.memory.RootAllocator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// How long people wait for programs that have just started, with and without the launcher's cache
/// of loaded classes.
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description = "The start of serve, its first query, and a query of the command line.")
final class StartBench implements Callable<Integer> {
  private static final String SQL = "SELECT count(*) AS n FROM log_entries";

  @Mixin private final CommonOptions options = new CommonOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Machine.describe();
    Path launcher = Path.of(System.getProperty("micromegas.home"), "micromegas");
    // What is not built yet is built here, and not in the first measurement.
    finish(new ProcessBuilder(launcher.toString(), "--help"), Path.of("/dev/null"));
    Program without = new Program(launcher, "-XX:AOTMode=off", options.runs);
    Program with = new Program(launcher, "", options.runs);
    for (int run = 0; run < options.runs; run++) {
      without.measure(run);
      with.measure(run);
    }
    Table table = new Table("", "without the cache", "with it", "without/with");
    row(table, "`serve` on an empty folder, to `ready`", without.start, with.start);
    row(table, "first query over FlightSQL", without.query, with.query);
    row(table, "then `./micromegas query`", without.command, with.command);
    table.print();
    return 0;
  }

  private static void row(Table table, String name, long[] without, long[] with) {
    double slow = Measure.median(without);
    double fast = Measure.median(with);
    table.row(
        name, Measure.milliseconds(slow), Measure.milliseconds(fast), Measure.ratio(slow / fast));
  }

  private static int finish(ProcessBuilder program, Path output)
      throws IOException, InterruptedException {
    program.redirectErrorStream(true).redirectOutput(output.toFile());
    return program.start().waitFor();
  }

  /// The launcher with more flags for its JVM, and what it took, in nanoseconds per run.
  private static final class Program {
    private final Path launcher;
    private final String flags;
    private final long[] start;
    private final long[] query;
    private final long[] command;

    Program(Path launcher, String flags, int runs) {
      this.launcher = launcher;
      this.flags = flags;
      this.start = new long[runs];
      this.query = new long[runs];
      this.command = new long[runs];
    }

    void measure(int run) throws IOException, InterruptedException {
      Path folder = Folders.create();
      long begin = System.nanoTime();
      try (ServerProcess server = ServerProcess.start(program(), folder)) {
        start[run] = System.nanoTime() - begin;
        send(server);
        List<Long> answer = new ArrayList<>();
        query[run] = Measure.time(() -> ask(server, answer));
        if (answer.size() != 1 || answer.getFirst() == 0) {
          throw new CheckFailedException("check failed: no log entries but " + answer);
        }
        ProcessBuilder shell = program();
        shell.command().addAll(List.of("query", "--uri", server.flight(), SQL));
        Path output = folder.resolve("query.out");
        begin = System.nanoTime();
        int status = finish(shell, output);
        command[run] = System.nanoTime() - begin;
        if (status != 0) {
          throw new CheckFailedException("check failed: the query ended with " + status);
        }
      } finally {
        Folders.delete(folder);
      }
    }

    private ProcessBuilder program() {
      ProcessBuilder program = new ProcessBuilder(launcher.toString());
      program.environment().put("MICROMEGAS_JAVA_OPTIONS", flags);
      return program;
    }

    private static void send(ServerProcess server) {
      URI uri =
          URI.create(String.format(Locale.ROOT, "http://127.0.0.1:%d", server.http().getPort()));
      try (TelemetryClient client = new TelemetryClient(uri)) {
        Shop.untilNow(Instant.now()).run(client);
      }
    }

    private static void ask(ServerProcess server, List<Long> answer) {
      try (RootAllocator allocator = new RootAllocator();
          QueryClient client = QueryClient.connect(server.flight(), allocator)) {
        client.query(
            SQL,
            new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "bench"),
            root -> {
              answer.add(((Number) root.getVector(0).getObject(0)).longValue());
              return true;
            });
      }
    }
  }
}
