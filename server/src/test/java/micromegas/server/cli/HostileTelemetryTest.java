package micromegas.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.ProtoWriter;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Telemetry that somebody made on purpose, against a server with a small heap in a process of its
/// own: each has its outcome, and the server and what others sent survive it.
@Timeout(300)
class HostileTelemetryTest {
  private static final String LOGS = "/v1/logs";
  private static final String JSON = "application/json";
  private static final String PROTOBUF = "application/x-protobuf";

  /// Decompressed, more than the heap of the server.
  private static final int BOMB_BYTES = 400 << 20;

  @TempDir static Path folder;

  private static Program server;
  private static String address;
  private static RootAllocator allocator;
  private static QueryClient queries;
  private static HttpClient http;

  @BeforeAll
  static void serve() throws IOException {
    server =
        Program.start(
            List.of(),
            folder,
            "serve",
            "--data-dir=" + folder.resolve("data"),
            "--ingestion-address=127.0.0.1:0",
            "--otlp-grpc-address=off",
            "--flight-address=127.0.0.1:0",
            "--memory=512MiB");
    Matcher ready =
        Pattern.compile("ready ingestion=(http://\\S+) flight=(grpc://\\S+) .*")
            .matcher(String.valueOf(server.line()));
    assertThat(ready.matches()).as(server::log).isTrue();
    address = ready.group(1);
    allocator = new RootAllocator();
    queries = QueryClient.connect(ready.group(2), allocator);
    http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    http.close();
    queries.close();
    allocator.close();
    // Not killed, which would leave its PostgreSQL.
    assertThat(server.terminate()).as(server::log).isZero();
    server.close();
  }

  /// 2^63 is the earliest time of all when read as signed nanoseconds.
  @Test
  void timesOfZeroAndOf2To63() throws Exception {
    assertThat(
            post(
                LOGS,
                JSON,
                logs(
                    "times",
                    "{\"timeUnixNano\":\"9223372036854775808\"},{\"timeUnixNano\":\"0\"},"
                        + "{\"timeUnixNano\":\"18446744073709551615\"}")))
        .isEqualTo("200 {\"partialSuccess\":null}");
    assertThat(
            rows("SELECT CAST(time AS BIGINT) FROM log_entries WHERE exe = 'times' ORDER BY time"))
        .containsExactly("-9223372036854775808", "-9223372036854775808", "-1");

    String ids = "\"traceId\":\"%s\",\"spanId\":\"0102030405060708\",\"name\":\"%s\",";
    String good = "00112233445566778899aabbccddeeff";
    assertThat(
            post(
                "/v1/traces",
                JSON,
                """
                {"resourceSpans":[{"resource":%s,"scopeSpans":[{"spans":[
                  {%s"startTimeUnixNano":"0","endTimeUnixNano":"5"},
                  {%s"startTimeUnixNano":"5","endTimeUnixNano":"6"},
                  {%s"startTimeUnixNano":"9223372036854775808","endTimeUnixNano":"9223372036854775809"},
                  {%s"startTimeUnixNano":"7","endTimeUnixNano":"3"}]}]}]}
                """
                    .formatted(
                        resource("times"),
                        ids.formatted(good, "no start"),
                        ids.formatted("0011", "short id"),
                        ids.formatted(good, "early"),
                        ids.formatted(good, "backwards"))))
        .startsWith("200 {\"partialSuccess\":{\"rejectedSpans\":\"2\"");
    assertThat(rows("SELECT name, duration FROM trace_spans WHERE exe = 'times' ORDER BY name"))
        .containsExactly("backwards|-4", "early|1");

    assertThat(
            post(
                "/v1/metrics",
                JSON,
                """
                {"resourceMetrics":[{"resource":%s,"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[
                  {"timeUnixNano":"0","asInt":"1"}, {"timeUnixNano":"5"},
                  {"timeUnixNano":"9223372036854775808","asInt":"9223372036854775807"}]}}]}]}]}
                """
                    .formatted(resource("times"))))
        .startsWith("200 {\"partialSuccess\":{\"rejectedDataPoints\":\"2\"");
    assertThat(rows("SELECT CAST(time AS BIGINT), value FROM measures WHERE exe = 'times'"))
        .containsExactly("-9223372036854775808|9.223372036854776E18");
  }

  /// PostgreSQL cannot keep U+0000 in a text.
  @Test
  void charactersThatCannotBeStored() throws Exception {
    String name = "nul\\u0000name";
    assertThat(post(LOGS, JSON, logs(name, "{\"body\":{\"stringValue\":\"a\\u0000b\"}}")))
        .startsWith("200 ");
    assertThat(rows("SELECT length(msg) FROM log_entries WHERE exe LIKE 'nul%name'"))
        .containsExactly("3");
    assertThat(post(LOGS, JSON, logs("lone", "{\"body\":{\"stringValue\":\"\\ud800\"}}")))
        .startsWith("400 {\"code\":3,\"message\":\"parse error (logs): JSON: ");
    byte[] illFormed = logs("ill-formed", record(new byte[] {'a', (byte) 0xff}));
    assertThat(post(LOGS, PROTOBUF, illFormed)).startsWith("400 ").contains("is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(ints = {51, 10_000})
  void nestingThatIsTooDeep(int lists) throws Exception {
    String value =
        "{\"arrayValue\":{\"values\":[".repeat(lists)
            + "{\"intValue\":\"1\"}"
            + "]}}".repeat(lists);
    assertThat(post(LOGS, JSON, logs("deep", "{\"body\":" + value + "}")))
        .startsWith("400 {\"code\":3,\"message\":\"parse error (logs): JSON: nested deeper than");
  }

  @Test
  void unknownFieldsAndGroups() throws Exception {
    ProtoWriter record = record("known".getBytes(UTF_8));
    byte[] unknown = {0x7b, 0x08, 1, 0x7c, (byte) 0x98, 0x06, 5}; // group 15 { 1: 1 }, field 99: 5
    record.raw(unknown, 0, unknown.length);
    assertThat(post(LOGS, PROTOBUF, logs("unknown", record))).isEqualTo("200 ");
    assertThat(rows("SELECT msg FROM log_entries WHERE exe = 'unknown'")).containsExactly("known");
    byte[] open = {0x7b, 0x08, 1};
    record.raw(open, 0, open.length);
    assertThat(post(LOGS, PROTOBUF, logs("unknown", record))).startsWith("400 ");
  }

  @Test
  void aMillionAttributes() throws Exception {
    ProtoWriter attributes = new ProtoWriter();
    for (int i = 0; i < 1_000_000; i++) {
      attribute(attributes, OtlpTags.LogRecord.ATTRIBUTES, "k" + i, "");
    }
    ProtoWriter record = record("many".getBytes(UTF_8));
    record.raw(attributes.array(), 0, attributes.size());
    assertThat(post(LOGS, PROTOBUF, logs("many", record))).isEqualTo("200 ");
    assertThat(rows("SELECT properties_length(properties) FROM log_entries WHERE exe = 'many'"))
        .containsExactly("1000000");
    ProtoWriter resource = new ProtoWriter();
    for (int i = 0; i < 1_000_000; i++) {
      attribute(resource, OtlpTags.Resource.ATTRIBUTES, "k" + i, "");
    }
    byte[] request = request(resource, record("x".getBytes(UTF_8)));
    assertThat(post(LOGS, PROTOBUF, request))
        .startsWith("400 ")
        .contains("parse error (logs): a resource of ")
        .contains("is over the limit of 1048576");
  }

  /// The second bomb says of itself that it is small.
  @ParameterizedTest
  @CsvSource({"false, /v1/logs", "true, /v1/logs", "false, /ingestion/webhook"})
  void gzipBombs(boolean disguised, String path) throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      byte[] part = new byte[1 << 20];
      for (int i = 0; i < BOMB_BYTES; i += part.length) {
        gzip.write(part);
      }
    }
    if (disguised) {
      new GZIPOutputStream(bomb).close();
    }
    assertThat(post(path, PROTOBUF, bomb.toByteArray(), "Content-Encoding", "gzip"))
        .startsWith("413 ")
        .contains("the decompressed body is over the limit of ");
  }

  /// What one sender did is nothing to another.
  @AfterEach
  void othersAreServed() throws Exception {
    assertThat(post(LOGS, PROTOBUF, logs("neighbour", record("still here".getBytes(UTF_8)))))
        .isEqualTo("200 ");
    assertThat(rows("SELECT DISTINCT msg FROM log_entries WHERE exe = 'neighbour'"))
        .containsExactly("still here");
    assertThat(rows("SELECT * FROM list_block_errors()")).isEmpty();
  }

  private static String resource(String service) {
    return "{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\""
        + service
        + "\"}}]}";
  }

  private static String logs(String service, String records) {
    return "{\"resourceLogs\":[{\"resource\":%s,\"scopeLogs\":[{\"logRecords\":[%s]}]}]}"
        .formatted(resource(service), records);
  }

  private static byte[] logs(String service, ProtoWriter record) {
    ProtoWriter resource = new ProtoWriter();
    attribute(resource, OtlpTags.Resource.ATTRIBUTES, "service.name", service);
    return request(resource, record);
  }

  private static byte[] request(ProtoWriter resource, ProtoWriter record) {
    ProtoWriter scope = new ProtoWriter();
    nested(scope, OtlpTags.ScopeSignal.RECORDS, record);
    ProtoWriter message = new ProtoWriter();
    nested(message, OtlpTags.ResourceSignal.RESOURCE, resource);
    nested(message, OtlpTags.ResourceSignal.SCOPES, scope);
    ProtoWriter request = new ProtoWriter();
    nested(request, OtlpTags.ExportRequest.RESOURCES, message);
    return request.toByteArray();
  }

  private static ProtoWriter record(byte[] body) {
    ProtoWriter value = new ProtoWriter();
    value.tag(OtlpTags.AnyValue.STRING_VALUE >>> 3, ProtoReader.LENGTH_DELIMITED);
    value.bytes(body, 0, body.length);
    ProtoWriter record = new ProtoWriter();
    nested(record, OtlpTags.LogRecord.BODY, value);
    return record;
  }

  private static void attribute(ProtoWriter out, int tag, String key, String text) {
    ProtoWriter value = new ProtoWriter();
    value.string(OtlpTags.AnyValue.STRING_VALUE >>> 3, text);
    ProtoWriter pair = new ProtoWriter();
    pair.string(OtlpTags.KeyValue.KEY >>> 3, key);
    nested(pair, OtlpTags.KeyValue.VALUE, value);
    nested(out, tag, pair);
  }

  private static void nested(ProtoWriter out, int tag, ProtoWriter content) {
    out.tag(tag >>> 3, ProtoReader.LENGTH_DELIMITED);
    out.bytes(content.array(), 0, content.size());
  }

  private static String post(String path, String type, String body) throws Exception {
    return post(path, type, body.getBytes(UTF_8));
  }

  /// Status and body of the answer.
  private static String post(String path, String type, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + path))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString(UTF_8));
      return answer.statusCode() + " " + answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(server.log(), e);
    }
  }

  /// The rows of a query, their cells separated by bars.
  private static List<String> rows(String sql) {
    List<String> rows = new ArrayList<>();
    queries.query(
        sql,
        new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "test"),
        root -> {
          for (int row = 0; row < root.getRowCount(); row++) {
            Object[] cells = new Object[root.getFieldVectors().size()];
            for (int column = 0; column < cells.length; column++) {
              cells[column] = root.getVector(column).getObject(row);
            }
            rows.add(Arrays.stream(cells).map(String::valueOf).collect(Collectors.joining("|")));
          }
          return true;
        });
    return rows;
  }
}
