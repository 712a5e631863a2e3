package micromegas.server.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import micromegas.server.Micromegas;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.client.TablePrinter;
import micromegas.server.config.Configuration;
import micromegas.server.demo.Shop;
import micromegas.server.demo.TelemetryClient;
import org.apache.arrow.memory.RootAllocator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/// Shows the whole way: a server, telemetry over HTTP, SQL over FlightSQL.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Start a server on a temporary folder, send it the telemetry of a small simulated shop, and"
            + " ask five questions about it.")
final class DemoCommand implements Callable<Integer> {
  private static final QueryOptions OPTIONS =
      new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "cli-demo");

  /// @param title what the query finds out
  record Question(String title, String sql) {}

  @Option(names = "--keep", description = "Leave the server running, and keep its data.")
  private boolean keep;

  @Override
  public Integer call() throws InterruptedException {
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
            false,
            StandardCharsets.UTF_8);
    CountDownLatch stop = new CountDownLatch(1);
    Thread demo = Thread.currentThread();
    Path folder = temporaryFolder();
    say(out, "Starting PostgreSQL, ingestion, FlightSQL and maintenance in %s ...", folder);
    long begin = System.nanoTime();
    try (Micromegas server = start(folder)) {
      // Only now: a start that is interrupted would leave PostgreSQL half made.
      for (String name : List.of("TERM", "INT")) {
        Signal.handle(
            new Signal(name),
            _ -> {
              stop.countDown();
              demo.interrupt();
            });
      }
      String ingestion = "http://" + server.ingestionAddress().orElseThrow();
      String flight = "grpc://" + server.flightAddress().orElseThrow();
      say(out, "Ready after %.1f s: %s, %s%n", seconds(begin), ingestion, flight);
      Shop shop = send(out, ingestion);
      ask(out, flight, shop);
      suggest(out, flight, shop);
      if (keep) {
        stop.await();
      }
    } catch (InterruptedException e) {
      if (stop.getCount() > 0) {
        throw e;
      }
    } finally {
      if (!keep) {
        delete(folder);
      }
    }
    return 0;
  }

  private static Micromegas start(Path folder) {
    return Micromegas.start(
        Configuration.of(
            Map.of(
                "data-dir", folder.toString(),
                "ingestion-address", "127.0.0.1:0",
                "otlp-grpc-address", "127.0.0.1:0",
                "flight-address", "127.0.0.1:0")),
        Map.of());
  }

  private static Shop send(PrintStream out, String ingestion) {
    Shop shop = Shop.untilNow(Clock.systemUTC().instant());
    long begin = System.nanoTime();
    try (TelemetryClient client = new TelemetryClient(URI.create(ingestion))) {
      Shop.Sent sent = shop.run(client);
      say(
          out,
          "A shop of six threads sent ten minutes of telemetry: %,d events in %d blocks in %.2f s.%n",
          sent.events(),
          sent.blocks(),
          seconds(begin));
    }
    return shop;
  }

  private static void ask(PrintStream out, String flight, Shop shop) {
    int columns = Terminal.current().columns();
    try (RootAllocator allocator = new RootAllocator();
        QueryClient client = QueryClient.connect(flight, allocator)) {
      for (Question question : questions(shop.processId().toString())) {
        say(out, "── %s%n", question.title());
        say(out, "%s%n", question.sql().strip());
        TablePrinter printer = new TablePrinter(out, columns);
        long[] rows = {0};
        long begin = System.nanoTime();
        client.query(
            question.sql(),
            OPTIONS,
            root -> {
              rows[0] += root.getRowCount();
              printer.print(root);
              return true;
            });
        double time = seconds(begin);
        printer.finish();
        say(out, "%,d rows in %.0f ms%n", rows[0], time * 1000);
      }
    }
  }

  /// In an order in which one question leads to the next.
  static List<Question> questions(String process) {
    return List.of(
        new Question(
            "What did the shop say, and how loudly? (log_stats: counts per minute, kept up to date)",
            """
            SELECT level, target, sum(count) AS events
            FROM log_stats
            GROUP BY level, target
            ORDER BY level, target
            """),
        new Question(
            "When did it go wrong? (level 1 is fatal, 2 error, 3 warning)",
            """
            SELECT date_bin(INTERVAL '1 minute', time) AS minute,
                   count(*) AS events,
                   sum(CASE WHEN level = 3 THEN 1 ELSE 0 END) AS warnings,
                   sum(CASE WHEN level <= 2 THEN 1 ELSE 0 END) AS errors
            FROM view_instance('log_entries', '%s')
            GROUP BY minute
            ORDER BY minute
            """
                .formatted(process)),
        new Question(
            "Why? (properties of the events)",
            """
            SELECT property_get(properties, 'reason') AS reason, msg, count(*) AS events,
                   min(time) AS first, max(time) AS last
            FROM log_entries
            WHERE level <= 2
            GROUP BY reason, msg
            ORDER BY events DESC
            """),
        new Question(
            "Who had to wait? (measures, by the route they were tagged with)",
            """
            SELECT property_get(properties, 'route') AS route, count(*) AS requests,
                   round(avg(value), 1) AS mean_ms, round(max(value), 1) AS longest_ms
            FROM view_instance('measures', '%s')
            WHERE name = 'request_duration'
            GROUP BY route
            ORDER BY longest_ms DESC
            """
                .formatted(process)),
        new Question(
            "Where does it come from? (blocks, with their streams)",
            """
            SELECT property_get("streams.properties", 'thread-name') AS thread,
                   count(*) AS blocks, sum(nb_objects) AS events, sum(payload_size) AS bytes
            FROM blocks
            GROUP BY thread
            ORDER BY thread
            """));
  }

  private void suggest(PrintStream out, String flight, Shop shop) {
    if (keep) {
      say(
          out,
          """
          The server goes on until Ctrl-C; its data stays. In another terminal:

            ./micromegas query --uri %s "SELECT * FROM list_view_sets()"
            ./micromegas query --uri %s "SELECT time, msg FROM view_instance('log_entries', '%s') WHERE level <= 2 LIMIT 20"
          """,
          flight,
          flight,
          shop.processId());
    } else {
      say(
          out,
          """
          Next:
            ./micromegas demo --keep          the same, and leave the server running
            ./micromegas serve                a server for your own programs; point the Rust client at it with
                                              MICROMEGAS_TELEMETRY_URL=http://127.0.0.1:9000
            ./micromegas query "SELECT ..."   ask it; or from Python: pip install micromegas
          """);
    }
  }

  private static void say(PrintStream out, String format, Object... arguments) {
    out.printf(Locale.ROOT, format + "%n", arguments);
    out.flush();
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  /// Others may pass through: as root, the embedded PostgreSQL runs as another user.
  private static Path temporaryFolder() {
    try {
      Path folder = Files.createTempDirectory("micromegas-demo-");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> entries = Files.walk(folder)) {
      for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(entry);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    }
  }
}
