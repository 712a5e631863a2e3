package micromegas.ingestion.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import micromegas.ingestion.Door;
import micromegas.ingestion.IngestionService;
import micromegas.ingestion.MemoryMetadata;
import micromegas.ingestion.MemoryObjects;
import micromegas.ingestion.admission.MemoryAdmission;
import micromegas.ingestion.otlp.OtlpIngestion;
import micromegas.ingestion.otlp.OtlpSettings;
import micromegas.ingestion.otlp.Telemetry;
import micromegas.lake.envelope.EnvelopeReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// OTLP, webhook and Firehose over HTTP, over a real socket.
class OtlpHttpTest {
  private static final String LOGS = "/v1/logs";
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final String WEBHOOK = "/ingestion/webhook";
  private static final String METRICS_DELIVERY = "/ingestion/otlp/v1/metrics/firehose";
  private static final String LOGS_DELIVERY = "/ingestion/cloudwatch/v1/logs/firehose";
  private static final int WIRE_LIMIT = 64 * 1024;
  private static final int DECODED_LIMIT = 256 * 1024;
  private static final byte[] LOG =
      Telemetry.logs(Telemetry.log("svc", 1_700_000_000_000_000_000L, "hi"));

  private final MemoryMetadata metadata = new MemoryMetadata();
  private final MemoryObjects objects = new MemoryObjects();
  private final MemoryAdmission admission = new MemoryAdmission(1 << 20, Duration.ofMillis(20));
  private final IngestionService service =
      new IngestionService(metadata, objects, new EnvelopeReader(), Clock.systemUTC());
  private final IngestionServer server = start();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private IngestionServer start() {
    OtlpIngestion otlp =
        new OtlpIngestion(
            service,
            OtlpSettings.DEFAULTS.withLimits(WIRE_LIMIT, DECODED_LIMIT),
            Clock.systemUTC());
    Readiness readiness = new Readiness(List.of(), Duration.ofSeconds(1), Duration.ofSeconds(1));
    return IngestionServer.start(
        IngestionSettings.defaults(1 << 30).withAddress("127.0.0.1", 0),
        service,
        otlp,
        readiness,
        admission);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/", "/ingestion/otlp/v1/", "//v1/"})
  void bothPathsTakeAllSignals(String root) throws Exception {
    for (int i = 0; i < 3; i++) {
      String path = root + List.of("traces", "metrics", "logs").get(i);
      HttpResponse<byte[]> answer = post(path, PROTOBUF, Telemetry.recorded(i));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEmpty();
      assertThat(header(answer, "content-type")).isEqualTo(PROTOBUF);
      assertThat(post(path, PROTOBUF, new byte[0]).statusCode()).isEqualTo(200);
      HttpResponse<byte[]> get =
          client.send(
              HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(get.statusCode()).isEqualTo(405);
      assertThat(header(get, "allow")).isEqualTo("POST");
    }
    assertThat(metadata.blocks).hasSize(3);
  }

  @Test
  void jsonIsAnsweredInJson() throws Exception {
    String json =
        "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"5\"}]}]}]}";
    HttpResponse<byte[]> answer = post(LOGS, "Application/JSON ; charset=utf-8", bytes(json));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(text(answer)).isEqualTo("{\"partialSuccess\":null}");
    assertThat(header(answer, "content-type")).isEqualTo(JSON);
    assertThat(metadata.blocks).hasSize(1);

    answer = post(LOGS, JSON, bytes("{}"));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(header(answer, "content-type")).isEqualTo(JSON);
    assertThat(text(answer))
        .startsWith("{\"code\":3,\"message\":\"parse error (logs): JSON: resourceLogs is missing");
  }

  @Test
  void gzipIsDecompressed() throws Exception {
    for (byte[] body : List.of(Telemetry.gzip(LOG), LOG)) {
      String coding = body == LOG ? "identity" : "gzip";
      HttpResponse<byte[]> answer = post(LOGS, PROTOBUF, body, "Content-Encoding", coding);
      assertThat(answer.statusCode()).isEqualTo(200);
    }
    assertThat(metadata.blocks).hasSize(1);
  }

  @Test
  void rejectedRecordsAreReported() throws Exception {
    HttpResponse<byte[]> answer = post("/v1/traces", PROTOBUF, Telemetry.spans(16, 5, 6));
    assertThat(answer.statusCode()).isEqualTo(200);
    ExportTraceServiceResponse response = ExportTraceServiceResponse.parseFrom(answer.body());
    assertThat(response.getPartialSuccess().getRejectedSpans()).isEqualTo(2);
    assertThat(response.getPartialSuccess().getErrorMessage()).contains("trace_id");
    String json =
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"ff\",\"name\":\"x\"}]}]}]}";
    assertThat(text(post("/v1/traces", JSON, bytes(json))))
        .startsWith("{\"partialSuccess\":{\"rejectedSpans\":\"1\",\"errorMessage\":\"spans ");
    assertThat(metadata.blocks).hasSize(2);
  }

  @Test
  void malformedRequestsAreRefusedWithAStatus() throws Exception {
    byte[] cut = Arrays.copyOf(LOG, LOG.length - 3);
    HttpResponse<byte[]> answer = post(LOGS, PROTOBUF, cut);
    assertStatus(answer, 400, 3, "parse error (logs): protobuf: ");
    assertStatus(post(LOGS, PROTOBUF, cut, "Content-Encoding", "gzip"), 400, 3, "gzip: ");
    for (String type : List.of("text/plain", "", "application/x-protobuf2")) {
      answer = post(LOGS, type, LOG);
      assertStatus(
          answer, 415, 3, "Content-Type must be application/x-protobuf or application/json");
    }
    answer = post(LOGS, PROTOBUF, LOG, "Content-Encoding", "zstd");
    assertStatus(answer, 415, 3, "Content-Encoding must be gzip or identity");
    assertThat(header(answer, "accept-encoding")).isEqualTo("gzip");
    assertThat(objects.objects).isEmpty();
    assertRejected(Door.OTLP_HTTP, 6);
  }

  @Test
  void requestsOverALimitAreRefused() throws Exception {
    byte[] large = new byte[WIRE_LIMIT + 1];
    assertStatus(post(LOGS, PROTOBUF, large), 413, 8, "the body is over the limit of 65536");
    HttpRequest chunked =
        HttpRequest.newBuilder(uri(LOGS))
            .header("Content-Type", PROTOBUF)
            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
            .build();
    assertStatus(
        client.send(chunked, HttpResponse.BodyHandlers.ofByteArray()),
        413,
        8,
        "the body is over the limit of 65536");
    byte[] bomb = Telemetry.gzip(new byte[DECODED_LIMIT + 1]);
    assertStatus(
        post(LOGS, PROTOBUF, bomb, "Content-Encoding", "gzip"),
        413,
        8,
        "the decompressed body is over the limit of 262144");
    assertThat(post(LOGS, PROTOBUF, LOG).statusCode()).isEqualTo(200);
    assertMemoryIsFree();
    assertRejected(Door.OTLP_HTTP, 3);
  }

  private void assertRejected(Door door, long count) {
    assertThat(service.metrics().rejectedBy().get(door)).isEqualTo(count);
    assertThat(service.metrics().rejected()).isEqualTo(count);
  }

  @Test
  void aFullServerAsksToComeBack() throws Exception {
    try (MemoryAdmission.Share all = admission.enter(1 << 20)) {
      HttpResponse<byte[]> answer = post(LOGS, PROTOBUF, LOG);
      assertStatus(answer, 503, 14, "the server is busy");
      assertThat(header(answer, "retry-after")).isEqualTo("30");
      all.shrinkTo(1);
    }
    try (MemoryAdmission.Share most = admission.enter((1 << 20) - 100_000)) {
      byte[] gzip = Telemetry.gzip(new byte[200_000]);
      assertThat(most.bytes()).isPositive();
      assertStatus(
          post(LOGS, PROTOBUF, gzip, "Content-Encoding", "gzip"), 503, 14, "the server is busy");
      // What a body becomes needs room too.
      byte[] json = bytes("{\"resourceLogs\":[]}" + " ".repeat(60_000));
      HttpResponse<byte[]> answer = post(LOGS, JSON, json);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(text(answer)).isEqualTo("{\"code\":14,\"message\":\"the server is busy\"}");
      answer = post(LOGS_DELIVERY, JSON, delivery("r", gzip));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(text(answer)).contains("\"errorMessage\":\"the server is busy\"");
    }
    assertThat(post(LOGS, JSON, bytes("{\"resourceLogs\":[]}")).statusCode()).isEqualTo(200);
    assertRejected(Door.OTLP_HTTP, 0);
    assertMemoryIsFree();
  }

  private void assertMemoryIsFree() {
    try (MemoryAdmission.Share all = admission.enter(1 << 20)) {
      assertThat(all.bytes()).isEqualTo(1 << 20);
    }
  }

  @Test
  void aFailingStoreAsksToComeBack() throws Exception {
    objects.down.set(true);
    HttpResponse<byte[]> answer = post(LOGS, PROTOBUF, LOG);
    assertStatus(answer, 503, 14, "storage error (logs)");
    assertThat(header(answer, "retry-after")).isEqualTo("30");
    answer = post(WEBHOOK, "text/plain", bytes("x"));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(text(answer)).isEqualTo("storage error (logs)");
    objects.down.set(false);
    assertThat(post(LOGS, PROTOBUF, LOG).statusCode()).isEqualTo(200);
    assertThat(service.metrics().failed()).isEqualTo(2);
    assertThat(service.metrics().rejected()).isZero();
  }

  @Test
  void anyBodyIsAWebhook() throws Exception {
    HttpResponse<byte[]> answer =
        post(WEBHOOK, "text/plain", bytes("event"), "X-Micromegas-Service-Name", "hook");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValue("content-type")).isEmpty();
    assertThat(
            post(WEBHOOK, "text/plain", bytes("event"), "X-Micromegas-Service-Name", "hook")
                .statusCode())
        .isEqualTo(200);
    assertThat(metadata.blocks).hasSize(1);
    assertThat(metadata.processes.values())
        .extracting(process -> process.info().exe())
        .containsExactly("hook");
    post(WEBHOOK, "text/html", bytes("event"), "X-Micromegas-Service-Name", "hook");
    assertThat(metadata.blocks).hasSize(2);
    answer = post(WEBHOOK, "text/plain", new byte[0]);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(text(answer)).isEqualTo("empty body");
    assertRejected(Door.WEBHOOK, 1);
    assertThat(header(answer, "content-type")).isEqualTo("text/plain; charset=utf-8");
  }

  @Test
  void metricStreamsAreDelivered() throws Exception {
    byte[] request = Telemetry.recorded(1);
    byte[] record = new byte[(request.length + 2) * 2];
    for (int i = 0; i < 2; i++) {
      int at = i * (request.length + 2);
      record[at] = (byte) (request.length & 0x7f | 0x80);
      record[at + 1] = (byte) (request.length >>> 7);
      System.arraycopy(request, 0, record, at + 2, request.length);
    }
    HttpResponse<byte[]> answer =
        post(METRICS_DELIVERY, JSON, delivery("from-body", record, new byte[0]));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(text(answer)).matches("\\{\"requestId\":\"from-body\",\"timestamp\":\\d+}");
    assertThat(metadata.blocks).hasSize(1);
    answer =
        post(
            METRICS_DELIVERY,
            JSON,
            Telemetry.gzip(delivery("from-body", record, Arrays.copyOf(record, 100))),
            "Content-Encoding",
            "gzip",
            "X-Amz-Firehose-Request-Id",
            "from-header");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(header(answer, "content-type")).isEqualTo(JSON);
    assertThat(text(answer))
        .startsWith("{\"requestId\":\"from-header\",")
        .contains("parse error (metrics): firehose record[1] message[0]: ");
    answer = post(METRICS_DELIVERY, JSON, bytes("{\"records\":[{}]}"));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(text(answer)).contains("\"requestId\":\"\"").contains("record[0] has no data");
    assertRejected(Door.FIREHOSE, 2);
  }

  @Test
  void subscribedLogsAreDelivered() throws Exception {
    String message =
        "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"1\",\"logGroup\":\"g\",\"logStream\":\"s\","
            + "\"logEvents\":[{\"id\":\"e1\",\"timestamp\":1700000000000,\"message\":\"hello\"}]}";
    HttpResponse<byte[]> answer =
        post(LOGS_DELIVERY, JSON, delivery("r", Telemetry.gzip(bytes(message))));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(metadata.processes.values())
        .extracting(process -> process.info().exe())
        .containsExactly("g");
    assertThat(metadata.blocks.values())
        .extracting(block -> block.info().beginTicks())
        .containsExactly(1_700_000_000_000_000_000L);
    answer = post(LOGS_DELIVERY, JSON, delivery("r", bytes("no gzip")));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(text(answer)).contains("parse error (logs): cloudwatch logs record[0]: gzip: ");
  }

  private static byte[] delivery(String requestId, byte[]... records) {
    StringBuilder json = new StringBuilder("{\"requestId\":\"" + requestId + "\",\"timestamp\":1");
    String separator = ",\"records\":[";
    for (byte[] record : records) {
      String data = Base64.getEncoder().encodeToString(record);
      json.append(separator).append("{\"data\":\"").append(data).append("\"}");
      separator = ",";
    }
    return bytes(json.append("]}").toString());
  }

  private HttpResponse<byte[]> post(String path, String type, byte[] body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  private static void assertStatus(
      HttpResponse<byte[]> answer, int status, int code, String message)
      throws InvalidProtocolBufferException {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(header(answer, "content-type")).isEqualTo(PROTOBUF);
    com.google.protobuf.UnknownFieldSet fields =
        com.google.protobuf.UnknownFieldSet.parseFrom(answer.body());
    assertThat(fields.getField(1).getVarintList()).containsExactly((long) code);
    assertThat(fields.getField(2).getLengthDelimitedList().getFirst().toStringUtf8())
        .startsWith(message);
  }

  /// The bytes of the specification.
  @Test
  void aStatusIsWrittenAsTheReferenceDoes() {
    byte[] status = new micromegas.ingestion.otlp.RpcStatus(3, "parse error (logs): x").protobuf();
    assertThat(HexFormat.of().formatHex(status))
        .isEqualTo("08031215" + "7061727365206572726f7220286c6f6773293a2078");
  }

  private static String header(HttpResponse<byte[]> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
