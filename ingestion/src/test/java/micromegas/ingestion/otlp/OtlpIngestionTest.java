package micromegas.ingestion.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.common.CorruptDataException;
import micromegas.common.UnavailableException;
import micromegas.ingestion.Caller;
import micromegas.ingestion.IngestionService;
import micromegas.ingestion.MemoryMetadata;
import micromegas.ingestion.MemoryObjects;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.EnvelopeReader;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.otlp.Signal;
import micromegas.transit.BlockInfo;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.junit.jupiter.api.Test;

class OtlpIngestionTest {
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.123456Z");
  private static final Caller TEAM_A = new Caller("key", Optional.of("team-a"));
  private static final long TIME = 1_700_000_000_000_000_000L;

  private final AtomicInteger registrations = new AtomicInteger();
  private final MemoryMetadata metadata =
      new MemoryMetadata() {
        @Override
        public boolean insertProcess(StoredProcess process) {
          registrations.incrementAndGet();
          return super.insertProcess(process);
        }

        @Override
        public boolean insertStream(StoredStream stream) {
          registrations.incrementAndGet();
          return super.insertStream(stream);
        }
      };
  private final MemoryObjects objects = new MemoryObjects();
  private final OtlpIngestion ingestion = ingestion(OtlpSettings.DEFAULTS);

  private OtlpIngestion ingestion(OtlpSettings settings) {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    return new OtlpIngestion(
        new IngestionService(metadata, objects, new EnvelopeReader(), clock), settings, clock);
  }

  /// The rows that the reference implementation made of the same three requests.
  @Test
  void recordedRequestsGiveTheRowsOfTheReference() {
    for (Signal signal : Signal.values()) {
      byte[] request = Telemetry.recorded(2 - signal.ordinal());
      assertThat(ingestion.export(signal, request, 0, request.length, Caller.ANONYMOUS).rejected())
          .isZero();
    }
    UUID processId = UUID.fromString("0dcfcb9e-66df-5803-adde-b85584debfbd");
    assertThat(metadata.processes).containsOnlyKeys(processId);
    ProcessInfo process = metadata.processes.get(processId).info();
    assertThat(process.exe()).isEqualTo("checkout");
    assertThat(process.computer()).isEqualTo("lab-host");
    assertThat(process.username()).isEmpty();
    assertThat(process.tscFrequency()).isEqualTo(1_000_000_000L);
    assertThat(process.parentProcessId()).isEmpty();
    assertThat(process.properties())
        .isEqualTo(
            Map.ofEntries(
                Map.entry("otel.resource.deployment.environment", "lab"),
                Map.entry("otel.resource.flag", "true"),
                Map.entry("otel.resource.host.name", "lab-host"),
                Map.entry(
                    "otel.resource.nested.list",
                    "Some(ArrayValue(ArrayValue { values: [AnyValue { value:"
                        + " Some(StringValue(\"a\")) }, AnyValue { value: Some(StringValue(\"b\"))"
                        + " }] }))"),
                Map.entry("otel.resource.ratio", "0.5"),
                Map.entry("otel.resource.service.instance.id", "inst-1"),
                Map.entry("otel.resource.service.name", "checkout"),
                Map.entry("otel.resource.service.version", "1.2.3"),
                Map.entry("otel.resource.telemetry.sdk.language", "python"),
                Map.entry("otel.resource.telemetry.sdk.name", "opentelemetry"),
                Map.entry("otel.resource.telemetry.sdk.version", "1.45.2")));
    checkStream("8ea0f086-c9d5-53db-ac80-ea2b2790fa54", "log", "otlp/v1/logs");
    checkStream("448dc1af-449c-5d3a-bda2-938b76af6cdd", "metrics", "otlp/v1/metrics");
    checkStream("bdaa5e36-dbca-53ff-8dc4-b74c6ca870b4", "trace", "otlp/v1/traces");
    checkBlock("103535ab-e449-5c36-8f88-cde270d49706", 60, 12509, Telemetry.recorded(2));
    checkBlock("511b93f5-54ab-5dfd-9b9f-b748de3d1788", 5, 1125, Telemetry.recorded(1));
    checkBlock("a28c8449-c17c-5fdc-a7dc-cf987f29c3ef", 120, 16586, Telemetry.recorded(0));
    // The process once, each stream once.
    assertThat(registrations).hasValue(6);
  }

  private void checkStream(String id, String tag, String format) {
    StreamInfo stream = metadata.streams.get(UUID.fromString(id)).info();
    assertThat(stream.tags()).containsExactly(tag);
    assertThat(stream.format()).isEqualTo(format);
    assertThat(stream.properties()).isEmpty();
    assertThat(stream.objectsMetadata()).isEmpty();
  }

  private void checkBlock(String id, int objectCount, long payloadSize, byte[] request) {
    StoredBlock block = metadata.blocks.get(UUID.fromString(id));
    assertThat(block.info().nbObjects()).isEqualTo(objectCount);
    assertThat(block.info().objectOffset()).isZero();
    assertThat(block.payloadSize()).isEqualTo(payloadSize);
    assertThat(block.info().beginTicks())
        .isEqualTo(nanos(block.info().beginTime()))
        .isLessThanOrEqualTo(block.info().endTicks());
    assertThat(block.info().endTicks()).isEqualTo(nanos(block.info().endTime()));
    byte[] stored = PayloadCodec.decode(objects.get(block.objectKey())).objects();
    assertThat(PayloadCodec.decode(objects.get(block.objectKey())).dependencies()).isEmpty();
    // The requests of the SDK are canonical: a tag, a length of three bytes, the resource.
    assertThat(stored)
        .isEqualTo(Arrays.copyOfRange(request, request.length - stored.length, request.length));
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }

  @Test
  void theLogOfTheSpecificationIsStoredToTheByte() {
    byte[] request = Telemetry.logs(Telemetry.log("svc", TIME, "hi"));
    ingestion.export(Signal.LOGS, request, 0, request.length, Caller.ANONYMOUS);
    UUID id = UUID.fromString("c536ec02-7b78-507a-8bbb-ae992cdaae5f");
    assertThat(metadata.blocks).containsOnlyKeys(id);
    BlockInfo info = metadata.blocks.get(id).info();
    assertThat(info.processId()).hasToString("7c19bbef-95e1-5713-b824-0230c7d700b0");
    assertThat(info.beginTicks()).isEqualTo(TIME);
    assertThat(
            HexFormat.of()
                .formatHex(
                    PayloadCodec.decode(objects.objects.values().iterator().next()).objects()))
        .isEqualTo(
            "0a170a150a0c736572766963652e6e616d6512050a03737663"
                + "12190a040a02736312110900002a36fe9c971710092a040a026869");
  }

  @Test
  void jsonAndOtherEncodingsOfTheSameTelemetryAreTheSameBlock() {
    String json =
        "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"hi\"},"
            + "\"severityNumber\":\"SEVERITY_NUMBER_INFO\",\"timeUnixNano\":\""
            + TIME
            + "\"}],\"scope\":{\"name\":\"sc\"}}],\"resource\":{\"attributes\":[{\"key\":"
            + "\"service.name\",\"value\":{\"stringValue\":\"svc\"}}]}}]}";
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    ingestion.exportJson(Signal.LOGS, text, 0, text.length, Caller.ANONYMOUS);
    byte[] protobuf = Telemetry.logs(Telemetry.log("svc", TIME, "hi"));
    ingestion.export(Signal.LOGS, protobuf, 0, protobuf.length, Caller.ANONYMOUS);
    // With an unknown field at the end of the record, whose lengths all grow.
    byte[] newer =
        Telemetry.logs(
            Telemetry.log("svc", TIME, "hi").toBuilder()
                .setUnknownFields(
                    com.google.protobuf.UnknownFieldSet.newBuilder()
                        .addField(
                            77,
                            com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                .addVarint(5)
                                .build())
                        .build())
                .build());
    ingestion.export(Signal.LOGS, newer, 0, newer.length, Caller.ANONYMOUS);
    assertThat(metadata.blocks)
        .containsOnlyKeys(UUID.fromString("c536ec02-7b78-507a-8bbb-ae992cdaae5f"));
    assertThat(objects.objects).hasSize(1);
  }

  @Test
  void eachResourceBecomesABlockOfItsProcess() {
    ResourceLogs empty =
        ResourceLogs.newBuilder().setResource(Telemetry.resource("a", "b")).build();
    byte[] request =
        Telemetry.logs(
            IntStream.range(0, 41)
                .mapToObj(i -> i == 7 ? empty : Telemetry.log("svc" + i / 2, TIME + i, "body"))
                .toArray(ResourceLogs[]::new));
    ingestion.export(Signal.LOGS, request, 0, request.length, Caller.ANONYMOUS);
    assertThat(metadata.blocks).hasSize(40);
    assertThat(metadata.processes).hasSize(21);
    assertThat(metadata.streams).hasSize(21);
  }

  @Test
  void nothingIsStoredOfARequestThatIsMalformedInPart() {
    byte[] good = Telemetry.logs(Telemetry.log("svc", TIME, "hi"));
    byte[] request = Arrays.copyOf(good, good.length + 4);
    request[good.length] = 0x0a;
    request[good.length + 1] = 2;
    request[good.length + 2] = 0x0a;
    request[good.length + 3] = 0x50;
    assertThatThrownBy(
            () -> ingestion.export(Signal.LOGS, request, 0, request.length, Caller.ANONYMOUS))
        .isInstanceOf(CorruptDataException.class);
    byte[] wrongType = {0x08, 5};
    assertThatThrownBy(() -> ingestion.export(Signal.LOGS, wrongType, 0, 2, Caller.ANONYMOUS))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("resourceLogs");
    assertThat(metadata.processes).isEmpty();
    assertThat(objects.objects).isEmpty();
  }

  @Test
  void resourcesOverALimitAreRefused() {
    Resource.Builder many = Resource.newBuilder();
    for (int i = 0; i < 10_000; i++) {
      many.addAttributes(KeyValue.newBuilder().setKey("k" + i));
    }
    send(many.build(), TEAM_A);
    assertThat(metadata.processes).hasSize(1);
    many.addAttributes(KeyValue.newBuilder().setKey("k"));
    assertThatThrownBy(() -> send(many.build(), TEAM_A))
        .isInstanceOf(BadRequestException.class)
        .hasMessage("a resource of 10001 attributes, which is over the limit of 10000");
    assertThatThrownBy(() -> send(Telemetry.resource("service.name", "x".repeat(1 << 20)), TEAM_A))
        .isInstanceOf(BadRequestException.class)
        .hasMessageMatching("a resource of 10486\\d\\d bytes, which is over the limit of 1048576");
    assertThat(metadata.blocks).hasSize(1);
  }

  @Test
  void anEmptyRequestIsFine() {
    assertThat(ingestion.export(Signal.TRACES, new byte[0], 0, 0, Caller.ANONYMOUS).rejected())
        .isZero();
    assertThat(metadata.processes).isEmpty();
  }

  @Test
  void recordsWithoutTimeGetTheTimeOfArrivalAndStayTheSameBlock() {
    byte[] request = Telemetry.logs(Telemetry.log("svc", 0, "hi"));
    ingestion.export(Signal.LOGS, request, 0, request.length, Caller.ANONYMOUS);
    ingestion.export(Signal.LOGS, request, 0, request.length, Caller.ANONYMOUS);
    assertThat(metadata.blocks).hasSize(1);
    BlockInfo info = metadata.blocks.values().iterator().next().info();
    assertThat(info.beginTime()).isEqualTo(NOW);
    assertThat(info.endTime()).isEqualTo(NOW);
    assertThat(info.beginTicks()).isEqualTo(nanos(NOW));
    assertThat(metadata.processes.values().iterator().next().info().startTime()).isEqualTo(NOW);
  }

  @Test
  void extremeTimesAreStored() {
    byte[] request =
        Telemetry.logs(Telemetry.log("svc", Long.MIN_VALUE, "a"), Telemetry.log("svc", 1, "b"));
    ingestion.export(Signal.LOGS, request, 0, request.length, Caller.ANONYMOUS);
    assertThat(metadata.blocks.values())
        .extracting(block -> block.info().beginTicks())
        .containsExactlyInAnyOrder(Long.MIN_VALUE, 1L);
    assertThat(metadata.blocks.values())
        .extracting(block -> block.info().beginTime())
        .contains(Instant.parse("1677-09-21T00:12:43.145224192Z"));
  }

  @Test
  void theResourceDescribesTheProcess() {
    Resource resource =
        Telemetry.resource(
                "service.namespace", "Shop",
                "service.name", "Cart",
                "service.instance.id", " I-1 ",
                "host.name", "h1",
                "process.pid", "7",
                "process.creation.time", "2026-01-02T03:04:05Z",
                "user.name", "Bob",
                "os.description", "x".repeat(300),
                "host.cpu.model.name", "cpu")
            .toBuilder()
            .addAttributes(KeyValue.newBuilder().setKey("nothing"))
            .build();
    send(resource, TEAM_A);
    ProcessInfo process = metadata.processes.values().iterator().next().info();
    assertThat(process.exe()).isEqualTo("Shop/Cart");
    assertThat(process.username()).isEqualTo("Bob");
    assertThat(process.realname()).isEqualTo("Bob");
    assertThat(process.computer()).isEqualTo("h1");
    assertThat(process.distro()).hasSize(255);
    assertThat(process.cpuBrand()).isEqualTo("cpu");
    assertThat(process.startTime()).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
    assertThat(process.startTicks()).isEqualTo(nanos(process.startTime()));
    assertThat(process.properties())
        .containsEntry("otel.resource.nothing", "")
        .containsEntry("otel.resource.service.instance.id", " I-1 ")
        .containsEntry("micromegas.audience", "team-a");
  }

  @Test
  void aStartTimeThatIsNoneIsTheFirstRecords() {
    send(
        Telemetry.resource(
            "process.creation.time", "", "process.start_time", "2026-01-02T03:04:05Z"),
        TEAM_A);
    assertThat(metadata.processes.values().iterator().next().info().startTicks()).isEqualTo(TIME);
  }

  private void send(Resource resource, Caller caller) {
    byte[] request =
        Telemetry.logs(
            ResourceLogs.newBuilder()
                .setResource(resource)
                .addScopeLogs(
                    ScopeLogs.newBuilder()
                        .addLogRecords(
                            LogRecord.newBuilder()
                                .setTimeUnixNano(TIME)
                                .setBody(AnyValue.newBuilder().setStringValue("b"))))
                .build());
    ingestion.export(Signal.LOGS, request, 0, request.length, caller);
  }

  @Test
  void audiencesHaveProcessesAndBlocksOfTheirOwn() {
    send(Telemetry.resource(), Caller.ANONYMOUS);
    send(Telemetry.resource(), TEAM_A);
    assertThat(metadata.processes.keySet())
        .extracting(UUID::toString)
        .containsExactlyInAnyOrder(
            "3f62581b-ec0e-535d-8d84-4a528c2d77cb", "f6c6e674-53de-577d-92bf-f68d73fea26b");
    assertThat(metadata.blocks).hasSize(2);
  }

  @Test
  void aProcessOfAnotherAudienceIsRefused() {
    UUID id = UUID.fromString("f6c6e674-53de-577d-92bf-f68d73fea26b");
    send(Telemetry.resource(), TEAM_A);
    ProcessInfo info = metadata.processes.get(id).info();
    metadata.processes.put(
        id,
        new StoredProcess(
            new ProcessInfo(
                id,
                info.exe(),
                "",
                "",
                "",
                "",
                "",
                0,
                NOW,
                0,
                Optional.empty(),
                Map.of("micromegas.audience", "team-b")),
            NOW));
    // Another ingestion, as this one remembers that it has registered the process.
    byte[] request =
        Telemetry.logs(
            ResourceLogs.newBuilder()
                .addScopeLogs(
                    ScopeLogs.newBuilder().addLogRecords(LogRecord.newBuilder().setTimeUnixNano(5)))
                .build());
    assertThatThrownBy(() ->
            ingestion(OtlpSettings.DEFAULTS)
                .export(Signal.LOGS, request, 0, request.length, TEAM_A))
        .isInstanceOf(ConflictException.class);
    assertThat(metadata.blocks).hasSize(1);
  }

  @Test
  void registrationsAreRememberedForAWhile() {
    for (int i = 0; i < 10; i++) {
      byte[] request = Telemetry.logs(Telemetry.log("svc", TIME + i, "hi"));
      ingestion.export(Signal.LOGS, request, 0, request.length, Caller.ANONYMOUS);
    }
    assertThat(registrations).hasValue(2);
    assertThat(metadata.blocks).hasSize(10);
    OtlpSettings forgetful =
        new OtlpSettings(
            1000,
            1000,
            1,
            1000,
            10,
            Duration.ofNanos(1),
            OtlpSettings.DEFAULTS.maxRememberedBytes());
    OtlpIngestion other = ingestion(forgetful);
    for (int i = 0; i < 3; i++) {
      byte[] request = Telemetry.logs(Telemetry.log("svc", TIME - i, "hi"));
      other.export(Signal.LOGS, request, 0, request.length, Caller.ANONYMOUS);
    }
    assertThat(registrations).hasValue(8);
  }

  @Test
  void aFailureIsThrownAndTheRetryHeals() {
    byte[] request =
        Telemetry.logs(
            IntStream.range(0, 30)
                .mapToObj(i -> Telemetry.log("svc", TIME + i, "body"))
                .toArray(ResourceLogs[]::new));
    objects.down.set(true);
    assertThatThrownBy(
            () -> ingestion.export(Signal.LOGS, request, 0, request.length, Caller.ANONYMOUS))
        .isInstanceOf(UnavailableException.class);
    objects.down.set(false);
    ingestion.export(Signal.LOGS, request, 0, request.length, Caller.ANONYMOUS);
    assertThat(metadata.blocks).hasSize(30);
    metadata.down.set(true);
    assertThatThrownBy(
            () -> ingestion.export(Signal.LOGS, request, 0, request.length, Caller.ANONYMOUS))
        .isInstanceOf(UnavailableException.class);
  }

  @Test
  void spansThatNoViewShowsAreCountedAndStored() {
    byte[] request = Telemetry.spans(16, 0, 15);
    ExportResult result =
        ingestion.export(Signal.TRACES, request, 0, request.length, Caller.ANONYMOUS);
    assertThat(result.rejected()).isEqualTo(2);
    assertThat(result.reason()).hasValueSatisfying(text -> assertThat(text).contains("trace_id"));
    assertThat(metadata.blocks.values())
        .extracting(block -> block.info().nbObjects())
        .containsExactly(3);
  }

  @Test
  void webhooksAreOneRecordTheirHeadersTellApart() {
    byte[] body = "{\"a\": \"ä\"}\u0000".getBytes(StandardCharsets.UTF_8);
    WebhookEvent event =
        new WebhookEvent(
            Optional.of("github"),
            Optional.empty(),
            Optional.of("push"),
            List.of(
                new WebhookEvent.NameValue("x", "2"),
                new WebhookEvent.NameValue("x", "1"),
                new WebhookEvent.NameValue("a", "")));
    assertThat(event.context())
        .isEqualTo("a\0\0x\u00001\0x\u00002\0".getBytes(StandardCharsets.UTF_8));
    ingestion.storeCanonical(
        Signal.LOGS, List.of(event.message(body, body.length - 1)), event.context(), TEAM_A);
    WebhookEvent other =
        new WebhookEvent(Optional.of("github"), Optional.empty(), Optional.of("push"), List.of());
    ingestion.storeCanonical(
        Signal.LOGS, List.of(other.message(body, body.length - 1)), other.context(), TEAM_A);
    assertThat(metadata.processes).hasSize(1);
    assertThat(metadata.blocks).hasSize(2);
    assertThat(metadata.blocks.values())
        .allSatisfy(block -> assertThat(block.info().beginTime()).isEqualTo(NOW));
    byte[] stored = PayloadCodec.decode(objects.objects.values().iterator().next()).objects();
    ResourceLogs expected =
        ResourceLogs.newBuilder()
            .setResource(Telemetry.resource("service.name", "github"))
            .addScopeLogs(
                ScopeLogs.newBuilder()
                    .setScope(
                        io.opentelemetry.proto.common.v1.InstrumentationScope.newBuilder()
                            .setName("push"))
                    .addLogRecords(
                        LogRecord.newBuilder()
                            .setSeverityNumberValue(9)
                            .setBody(AnyValue.newBuilder().setStringValue("{\"a\": \"ä\"}"))))
            .build();
    assertThat(stored).isEqualTo(expected.toByteArray());
  }
}
