package micromegas.server.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import micromegas.server.client.ArrowPrinter;
import micromegas.server.client.CsvPrinter;
import micromegas.server.client.JsonPrinter;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.client.RowPrinter;
import micromegas.server.client.TablePrinter;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Asks a server.
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description = "Run SQL on a server and print the rows.")
final class QueryCommand implements Callable<Integer> {
  enum Format {
    TABLE,
    CSV,
    JSON,
    ARROW
  }

  @Parameters(paramLabel = "SQL", description = "One statement.")
  private String sql = "";

  @Option(
      names = "--begin",
      paramLabel = "TIME",
      description = "Start of the range: RFC 3339, or 1h, 30m, 7d ago.")
  private @Nullable String begin;

  @Option(
      names = "--end",
      paramLabel = "TIME",
      description = "End of the range, inclusive; default now.")
  private @Nullable String end;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table, csv, json or arrow (an IPC stream). Default: table.")
  private String format = "table";

  @Option(
      names = "--uri",
      paramLabel = "URI",
      defaultValue = "${env:MICROMEGAS_ANALYTICS_URI:-grpc://127.0.0.1:50051}",
      description = "The server. Default: $MICROMEGAS_ANALYTICS_URI or grpc://127.0.0.1:50051.")
  private String uri = "";

  @Option(names = "--limit", paramLabel = "ROWS", description = "Most rows.")
  private @Nullable Long limit;

  @Override
  public Integer call() {
    Clock clock = Clock.systemUTC();
    QueryOptions options =
        new QueryOptions(
            Optional.ofNullable(begin)
                .map(text -> QueryTime.parse("--begin", text, clock))
                .or(() -> Optional.ofNullable(end).map(_ -> java.time.Instant.EPOCH)),
            Optional.ofNullable(end)
                .map(text -> QueryTime.parse("--end", text, clock))
                .or(() -> Optional.ofNullable(begin).map(_ -> clock.instant())),
            limit == null ? OptionalLong.empty() : OptionalLong.of(limit),
            "cli-query");
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
            false,
            StandardCharsets.UTF_8);
    Terminal terminal = Terminal.current();
    RowPrinter printer =
        switch (parseFormat()) {
          case TABLE -> new TablePrinter(out, terminal.columns());
          case CSV -> new CsvPrinter(out);
          case JSON -> new JsonPrinter(out);
          case ARROW -> new ArrowPrinter(out);
        };
    long start = System.nanoTime();
    long[] rows = {0};
    try (RootAllocator allocator = new RootAllocator();
        QueryClient client = QueryClient.connect(uri, allocator);
        Progress progress = Progress.start(terminal)) {
      client.query(
          sql,
          options,
          root -> {
            rows[0] += root.getRowCount();
            progress.rows(rows[0]);
            printer.print(root);
            return !out.checkError();
          });
      progress.close();
      printer.finish();
    }
    System.err.printf(
        Locale.ROOT,
        "%,d %s in %.3f s%n",
        rows[0],
        rows[0] == 1 ? "row" : "rows",
        (System.nanoTime() - start) / 1e9);
    return 0;
  }

  private Format parseFormat() {
    try {
      return Format.valueOf(format.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new micromegas.common.BadRequestException(
          "--format: '" + format + "' is not table, csv, json or arrow", e);
    }
  }
}
