package micromegas.server.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import micromegas.common.BadRequestException;
import micromegas.common.CorruptDataException;
import micromegas.common.UnavailableException;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes a process's trace to a file.
@Command(
    name = "perfetto",
    mixinStandardHelpOptions = true,
    description = "Write the spans of a process as a trace for https://ui.perfetto.dev.")
final class PerfettoCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PROCESS_ID", description = "The process.")
  private String process = "";

  @Option(
      names = "--begin",
      paramLabel = "TIME",
      description = "Start of the range: RFC 3339, or 1h, 30m, 7d ago. Default: everything.")
  private @Nullable String begin;

  @Option(names = "--end", paramLabel = "TIME", description = "End of the range; default now.")
  private @Nullable String end;

  @Option(
      names = "--spans",
      paramLabel = "KINDS",
      defaultValue = "both",
      description = "thread, async, both, or all (with measures as counters). Default: both.")
  private String spans = "both";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "Where the trace goes; replaced when the trace is complete.")
  private Path output = Path.of("");

  @Option(
      names = "--uri",
      paramLabel = "URI",
      defaultValue = "${env:MICROMEGAS_ANALYTICS_URI:-grpc://127.0.0.1:50051}",
      description = "The server. Default: $MICROMEGAS_ANALYTICS_URI or grpc://127.0.0.1:50051.")
  private String uri = "";

  @Override
  public Integer call() {
    Clock clock = Clock.systemUTC();
    Instant from = begin == null ? Instant.EPOCH : QueryTime.parse("--begin", begin, clock);
    // Clocks of clients may be ahead.
    Instant to =
        end == null
            ? clock.instant().plus(Duration.ofHours(1))
            : QueryTime.parse("--end", end, clock);
    String sql =
        "SELECT chunk_id, chunk_data FROM perfetto_trace_chunks('%s', '%s', '%s', '%s')"
            .formatted(processId(), quoted(spans), from, to);
    Path partial = output.resolveSibling(output.getFileName() + ".part");
    try {
      long bytes = download(sql, partial);
      Files.move(partial, output, StandardCopyOption.REPLACE_EXISTING);
      System.err.printf("%s: %,d bytes%n", output, bytes);
      return 0;
    } catch (IOException e) {
      throw new UnavailableException("cannot write " + output + ": " + e.getMessage(), e);
    } finally {
      deleteQuietly(partial);
    }
  }

  private String processId() {
    try {
      return UUID.fromString(process).toString();
    } catch (IllegalArgumentException e) {
      throw new BadRequestException("'" + process + "' is not a process id", e);
    }
  }

  private static String quoted(String text) {
    return text.replace("'", "''");
  }

  private long download(String sql, Path target) throws IOException {
    QueryOptions options =
        new QueryOptions(
            Optional.empty(), Optional.empty(), OptionalLong.empty(), "micromegas perfetto");
    Trace trace = new Trace();
    try (RootAllocator allocator = new RootAllocator();
        QueryClient client = QueryClient.connect(uri, allocator);
        Progress progress = Progress.start(Terminal.current(), "bytes");
        OutputStream file = Files.newOutputStream(target)) {
      client.query(
          sql,
          options,
          root -> {
            trace.append(root, file);
            progress.rows(trace.bytes);
            return true;
          });
    }
    return trace.bytes;
  }

  /// Puts chunks together.
  private static final class Trace {
    private long bytes;
    private int chunks;

    void append(VectorSchemaRoot root, OutputStream file) {
      IntVector ids = (IntVector) root.getVector(0);
      VarBinaryVector contents = (VarBinaryVector) root.getVector(1);
      try {
        for (int row = 0; row < root.getRowCount(); row++) {
          if (ids.get(row) != chunks++) {
            throw new CorruptDataException(
                "chunk " + ids.get(row) + " of the trace is out of order");
          }
          byte[] chunk = contents.get(row);
          file.write(chunk);
          bytes += chunk.length;
        }
      } catch (IOException e) {
        throw new UnavailableException("cannot write the trace: " + e.getMessage(), e);
      }
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UnavailableException("cannot delete " + file + ": " + e.getMessage(), e);
    }
  }
}
