package micromegas.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.server.cli.Program;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.config.Configuration;
import micromegas.server.demo.Shop;
import micromegas.server.demo.TelemetryClient;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A whole server on embedded defaults: what clients of the reference sent once is sent again, and
/// must be answered as the reference answered.
class EndToEndTest {
  private static final QueryOptions WITHOUT_RANGE =
      new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "test");

  @TempDir static Path folder;

  private static Micromegas server;
  private static RootAllocator allocator;
  private static QueryClient client;

  @BeforeAll
  static void serve() throws Exception {
    server = Micromegas.start(configuration(folder), Map.of());
    allocator = new RootAllocator();
    client = QueryClient.connect(flight(), allocator);
    for (Recording recording : Recording.values()) {
      assertThat(recording.send(ingestion())).isEqualTo(recording.requests);
    }
  }

  @AfterAll
  static void stop() {
    client.close();
    allocator.close();
    server.close();
  }

  private static Configuration configuration(Path folder) {
    return Configuration.of(
        Map.of(
            "data-dir", folder.toString(),
            "ingestion-address", "127.0.0.1:0",
            "otlp-grpc-address", "127.0.0.1:0",
            "flight-address", "127.0.0.1:0",
            "memory", "512MiB"));
  }

  private static String ingestion() {
    return "http://" + server.ingestionAddress().orElseThrow();
  }

  private static String flight() {
    return "grpc://" + server.flightAddress().orElseThrow();
  }

  static List<Arguments> questions() throws IOException {
    List<Arguments> questions = new ArrayList<>();
    for (Recording recording : Recording.values()) {
      recording.queries().keySet().forEach(name -> questions.add(Arguments.of(recording, name)));
    }
    return questions;
  }

  @ParameterizedTest
  @MethodSource("questions")
  void answersAsTheReference(Recording recording, String name) throws IOException {
    Answer answer = ask(recording.query(name));

    assertThat(answer.columns()).isEqualTo(recording.expected(name).columns());
    assertThat(answer.rows()).isEqualTo(recording.expected(name).rows());
  }

  @ParameterizedTest
  @CsvSource({"NATIVE, log_count", "NATIVE, blocks", "OTEL, otel_logs", "OTEL, otel_blocks"})
  void sendingTheSameAgainChangesNothing(Recording recording, String name) throws Exception {
    assertThat(recording.send(ingestion())).isEqualTo(recording.requests);

    assertThat(ask(recording.query(name))).isEqualTo(recording.expected(name));
  }

  @Test
  void seesWhatWasJustAcknowledged() {
    Shop shop = new Shop(java.util.UUID.randomUUID(), Instant.now().minusSeconds(600), 2, 20, 7);
    try (TelemetryClient telemetry = new TelemetryClient(URI.create(ingestion()))) {
      Shop.Sent sent = shop.run(telemetry);
      String process = shop.processId().toString();
      String count =
          "SELECT (SELECT count(*) FROM view_instance('log_entries', '%s'))"
              + " + (SELECT count(*) FROM view_instance('measures', '%s')) AS n";

      assertThat(ask(count.formatted(process, process)).rows())
          .containsExactly("{n=" + sent.events() + "}");
      assertThat(
              ask("SELECT sum(nb_objects) AS n FROM blocks WHERE process_id = '" + process + "'")
                  .rows())
          .containsExactly("{n=" + sent.events() + "}");
    }
  }

  @Test
  void rangeOfTheRequestFiltersRows() {
    QueryOptions longAgo =
        new QueryOptions(
            Optional.of(Instant.parse("2020-01-01T00:00:00Z")),
            Optional.of(Instant.parse("2020-01-02T00:00:00Z")),
            OptionalLong.empty(),
            "test");

    Answer answer =
        Answer.of(
            client,
            "SELECT msg FROM view_instance('log_entries', '" + Recording.NATIVE.process + "')",
            longAgo);

    assertThat(answer.columns()).containsExactly("msg string");
    assertThat(answer.rows()).isEmpty();
  }

  @Test
  void errorsOfTheQueryAreTheCallersAndNameIt() {
    for (String sql :
        new String[] {
          "SELECT nothing FROM log_entries",
          "SELECT * FROM view_instance('no_such_set', 'global')",
          "SELECT * FROM view_instance('log_entries', 'no uuid')",
          "SELEC 1"
        }) {
      assertThatThrownBy(() -> ask(sql))
          .isInstanceOf(BadRequestException.class)
          .hasMessageContaining("query_id=");
    }
  }

  private static final String ONE_BLOCK =
      "SELECT block_id, stream_id, object_offset, nb_objects, payload_size FROM blocks"
          + " WHERE process_id = '%s' AND array_has(\"streams.tags\", '%s') ORDER BY insert_time LIMIT 1";

  private static Map<String, String> block(String tag) {
    Map<String, String> values = new java.util.HashMap<>();
    String row = ask(ONE_BLOCK.formatted(Recording.NATIVE.process, tag)).rows().getFirst();
    for (String entry : row.substring(1, row.length() - 1).split(", ")) {
      values.put(
          entry.substring(0, entry.indexOf('=')),
          entry.substring(entry.indexOf('=') + 1).replace("\"", ""));
    }
    return values;
  }

  @Test
  void blocksAreSpelledOut() {
    Map<String, String> logs = block("log");
    String from = " FROM parse_block('" + logs.get("block_id") + "')";
    long first = Long.parseLong(logs.get("object_offset"));
    long last = first + Long.parseLong(logs.get("nb_objects")) - 1;
    assertThat(
            ask("SELECT min(object_index) AS a, max(object_index) AS b, count(*) AS n" + from)
                .rows())
        .containsExactly("{a=%d, b=%d, n=%s}".formatted(first, last, logs.get("nb_objects")));
    assertThat(
            ask("SELECT jsonb_as_string(jsonb_get(value, '__type')) = type_name AS same"
                    + from
                    + " LIMIT 3")
                .rows())
        .containsOnly("{same=\"true\"}")
        .hasSize(3);
    assertThat(
            ask("SELECT jsonb_format_json(value) AS json FROM parse_block('"
                    + block("image").get("block_id").toUpperCase(java.util.Locale.ROOT)
                    + "')")
                .rows()
                .getFirst())
        .contains("data\\\":\\\"<binary ", "ImageEvent", "shot-1");
  }

  @Test
  void payloadsAreTheStoredObjects() {
    Map<String, String> metrics = block("metrics");
    assertThat(
            ask("SELECT octet_length(get_payload(process_id, stream_id, block_id)) = payload_size"
                    + " AS same FROM blocks WHERE process_id = '"
                    + Recording.NATIVE.process
                    + "'")
                .rows())
        .hasSize(12)
        .containsOnly("{same=\"true\"}");
    assertThat(
            ask("SELECT octet_length(get_payload('%s', '%s', '%s')) > 1000 AS there"
                    .formatted(
                        Recording.NATIVE.process,
                        metrics.get("stream_id"),
                        metrics.get("block_id")))
                .rows())
        .containsExactly("{there=\"true\"}");
  }

  @Test
  void spansOfAProcessAreThoseOfItsThreadsAndTasks() {
    String process = "process_spans('" + Recording.NATIVE.process + "', '%s')";
    assertThat(ask("SELECT count(*) AS n FROM " + process.formatted("both")).rows())
        .isEqualTo(
            ask("SELECT (SELECT count(*) FROM "
                    + process.formatted("thread")
                    + ") + (SELECT count(*) FROM "
                    + process.formatted("async")
                    + ") AS n")
                .rows());
    assertThat(
            ask("SELECT name, depth, count(*) AS n, min(duration) > 0 AS later FROM "
                    + process.formatted("async")
                    + " GROUP BY name, depth ORDER BY name")
                .rows())
        .containsExactlyInAnyOrder(
            "{depth=1, later=\"true\", n=200, name=\"cache_write\"}",
            "{depth=1, later=\"true\", n=400, name=\"r#gen::fetch_row\"}",
            "{depth=0, later=\"true\", n=200, name=\"r#gen::handle_request\"}");
    assertThat(
            ask("SELECT DISTINCT thread_name FROM "
                    + process.formatted("both")
                    + " ORDER BY thread_name")
                .rows())
        .containsExactly(
            "{thread_name=\"140157606237888\"}",
            "{thread_name=\"140157608339136\"}",
            "{thread_name=\"async\"}");
    String nobody = "00000000-0000-0000-0000-000000000001";
    assertThat(ask("SELECT * FROM process_spans('" + nobody + "', 'thread')").rows()).isEmpty();
    assertThatThrownBy(() -> ask("SELECT * FROM process_spans('" + nobody + "', 'async')"))
        .hasMessageContaining(nobody);
  }

  private static DecodedTrace trace(String kinds) {
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    int[] chunks = new int[1];
    client.query(
        "SELECT chunk_id, chunk_data FROM perfetto_trace_chunks('%s', '%s', '%s', '%s')"
            .formatted(
                Recording.NATIVE.process,
                kinds,
                "2020-01-01T00:00:00Z",
                "2100-01-01T00:00:00+00:00"),
        WITHOUT_RANGE,
        root -> {
          for (int row = 0; row < root.getRowCount(); row++) {
            assertThat(root.getVector(0).getObject(row)).isEqualTo(chunks[0]++);
            bytes.writeBytes((byte[]) root.getVector(1).getObject(row));
          }
          return true;
        });
    return DecodedTrace.of(bytes.toByteArray());
  }

  @Test
  void tracesHaveTheSpansOfSqlAndItsMeasures() {
    DecodedTrace both = trace("both");
    Map<String, Integer> expected = new java.util.TreeMap<>();
    client.query(
        "SELECT thread_name, name, CAST(count(*) AS BIGINT) AS n FROM process_spans('%s', 'both')"
                .formatted(Recording.NATIVE.process)
            + " GROUP BY thread_name, name",
        WITHOUT_RANGE,
        root -> {
          for (int row = 0; row < root.getRowCount(); row++) {
            String track = root.getVector(0).getObject(row).toString();
            expected.put(
                (track.equals("async") ? "Async Operations" : track)
                    + " "
                    + root.getVector(1).getObject(row),
                ((Number) root.getVector(2).getObject(row)).intValue());
          }
          return true;
        });
    assertThat(expected).containsEntry("Async Operations cache_write", 200);
    assertThat(both.begins).isEqualTo(expected);
    assertThat(both.ends).isEqualTo(expected);
    assertThat(both.tracks.getFirst()).startsWith("process ");
    assertThat(both.tracks).contains("Async Operations");
    assertThat(both.places).contains("src/main.rs:16");
    assertThat(both.samples).isEmpty();

    assertThat(trace("async").begins).hasSize(3);
    DecodedTrace all = trace("all");
    assertThat(all.begins).isEqualTo(expected);
    int samples = all.samples.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(
            ask("SELECT count(*) AS n FROM view_instance('measures', '"
                    + Recording.NATIVE.process
                    + "')")
                .rows())
        .containsExactly("{n=" + samples + "}");
    String chunks =
        " FROM perfetto_trace_chunks('"
            + Recording.NATIVE.process
            + "', 'async', '2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z')";
    assertThat(ask("SELECT max(chunk_id) + 1 = count(*) AS same" + chunks).rows())
        .containsExactly("{same=\"true\"}");
    assertThat(ask("SELECT octet_length(chunk_data) > 0 AS some" + chunks + " LIMIT 1").rows())
        .containsExactly("{some=\"true\"}");
  }

  @Test
  void tracesOfNobodyAndOfWrongArgumentsAreRefused() {
    String nobody = "00000000-0000-0000-0000-000000000001";
    Map<String, String> errors =
        Map.of(
            "'" + nobody + "', 'both', '2020-01-01T00:00:00Z', '2020-01-02T00:00:00Z'",
            "Trace generation failed: Process " + nobody + " not found",
            "'x', 'both', '2020-01-01T00:00:00Z', '2020-01-02T00:00:00Z'",
            "must be a valid UUID",
            "'" + nobody + "', 'threads', '2020-01-01T00:00:00Z', '2020-01-02T00:00:00Z'",
            "given: threads",
            "'" + nobody + "', 'both', 'yesterday', '2020-01-02T00:00:00Z'",
            "Third argument",
            "'" + nobody + "', 'both', '2020-01-03T00:00:00Z', '2020-01-02T00:00:00Z'",
            "must not be before");
    errors.forEach((arguments, message) ->
        assertThatThrownBy(() -> ask("SELECT * FROM perfetto_trace_chunks(" + arguments + ")"))
            .as(arguments)
            .isInstanceOf(BadRequestException.class)
            .hasMessageContaining(message));
  }

  @Test
  void badCallsOfFunctionsNameTheArgument() {
    String nobody = "00000000-0000-0000-0000-000000000001";
    Map<String, String> errors =
        Map.of(
            "SELECT * FROM parse_block('x')",
            "parse_block: 'x' is not a valid block id",
            "SELECT * FROM parse_block('" + nobody + "')",
            "parse_block: block '" + nobody + "' not found in `blocks`.",
            "SELECT * FROM process_spans('x', 'both')",
            "First argument to process_spans must be a valid UUID (the process ID), given 'x'",
            "SELECT * FROM process_spans('" + nobody + "', 'all')",
            "span_types must be 'thread', 'async', or 'both', given: all",
            "SELECT get_payload('../x', '" + nobody + "', '" + nobody + "')",
            "get_payload: '../x' is not a valid process id",
            "SELECT get_payload('%s', '%s', '%s')".formatted(nobody, nobody, nobody),
            "error downloading payload");
    errors.forEach(
        (sql, message) -> assertThatThrownBy(() -> ask(sql)).as(sql).hasMessageContaining(message));
  }

  @Test
  void secondServerOnTheFolderIsRefused() {
    assertThatThrownBy(() -> Micromegas.start(configuration(folder), Map.of()))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining(folder.toString());
  }

  @Test
  void publicPythonClientsAreServed() throws Exception {
    PythonClients.run("clients.py", flight(), Recording.NATIVE.process);
  }

  @Test
  void traceOfTheCommandLineIsOpenedByPerfetto(@TempDir Path traces) throws Exception {
    Path trace = traces.resolve("trace.perfetto");
    try (Program perfetto =
        Program.start(
            List.of(),
            traces,
            "perfetto",
            Recording.NATIVE.process,
            "--spans=all",
            "--uri=" + flight(),
            "--output=" + trace)) {
      assertThat(perfetto.exit()).as(perfetto::log).isZero();
      assertThat(perfetto.log()).contains("%s: %,d bytes".formatted(trace, Files.size(trace)));
    }
    try (Stream<Path> left = Files.list(traces)) {
      assertThat(left).noneMatch(file -> file.toString().endsWith(".part"));
    }

    PythonClients.run("perfetto_trace.py", flight(), Recording.NATIVE.process, trace.toString());
  }

  private static Answer ask(String sql) {
    return Answer.of(client, sql, WITHOUT_RANGE);
  }
}
