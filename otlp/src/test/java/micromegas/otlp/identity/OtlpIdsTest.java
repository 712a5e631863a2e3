package micromegas.otlp.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import micromegas.otlp.Signal;
import org.junit.jupiter.api.Test;

/// Ids that the reference implementation computed.
class OtlpIdsTest {
  private static final Optional<String> NOBODY = Optional.empty();
  private static final Optional<String> TEAM_A = Optional.of("team-a");

  @Test
  void processesOfTheReference() {
    check(
        attributes(),
        "3f62581b-ec0e-535d-8d84-4a528c2d77cb",
        "f6c6e674-53de-577d-92bf-f68d73fea26b");
    check(
        attributes("service.name", "my-service", "host.name", "HostA", "process.pid", "42"),
        "7c6ffef2-32f1-5008-ab71-a029291d99df",
        "51856d58-be34-5d93-97dd-8628eb55e54a");
    check(
        attributes(
            "service.namespace", "Shop",
            "service.name", "Cart",
            "service.instance.id", " I-1 ",
            "host.name", "h1",
            "process.pid", "7",
            "process.creation.time", "2026-01-02T03:04:05Z",
            "user.name", "Bob"),
        "5387195a-0e05-563c-8164-e3875a277480",
        "c4fbc955-dba4-5dd8-86f5-cf82b6456a80");
  }

  @Test
  void anIntegerIdentifiesLikeItsText() {
    Resource resource =
        Resource.newBuilder()
            .addAttributes(pair("service.name", string("my-service")))
            .addAttributes(pair("host.name", string("HostA")))
            .addAttributes(pair("process.pid", AnyValue.newBuilder().setIntValue(42).build()))
            .build();
    assertThat(OtlpIds.process(read(resource), NOBODY))
        .hasToString("7c6ffef2-32f1-5008-ab71-a029291d99df");
  }

  private static void check(ResourceAttributes resource, String id, String idOfTeamA) {
    assertThat(OtlpIds.process(resource, NOBODY)).hasToString(id);
    assertThat(OtlpIds.process(resource, TEAM_A)).hasToString(idOfTeamA);
  }

  @Test
  void streamsOfTheReference() {
    UUID process = UUID.fromString("7c6ffef2-32f1-5008-ab71-a029291d99df");
    assertThat(OtlpIds.stream(process, Signal.LOGS))
        .hasToString("380076e2-84b2-5441-8f99-22c691c391a1");
    assertThat(OtlpIds.stream(process, Signal.METRICS))
        .hasToString("4101730f-8e8c-5450-bd9c-dd64956c5c96");
    assertThat(OtlpIds.stream(process, Signal.TRACES))
        .hasToString("395d8e7a-82a0-547a-88ae-c28e6ccd1681");
  }

  @Test
  void blocksOfTheReference() {
    byte[] hello = "hello".getBytes(StandardCharsets.UTF_8);
    assertThat(OtlpIds.block(NOBODY, new byte[0], hello))
        .hasToString("7c8ee8f0-9d3c-5a05-a7ff-e088011b31dc");
    assertThat(OtlpIds.block(TEAM_A, new byte[0], hello))
        .hasToString("ef58d0f5-7f3b-5802-ae93-38e5f23ca48d");
    assertThat(
            OtlpIds.block(
                NOBODY,
                "hel".getBytes(StandardCharsets.UTF_8),
                "lo".getBytes(StandardCharsets.UTF_8)))
        .hasToString("7c8ee8f0-9d3c-5a05-a7ff-e088011b31dc");
    byte[] log =
        HexFormat.of()
            .parseHex(
                "0a170a150a0c736572766963652e6e616d6512050a03737663"
                    + "12190a040a02736312110900002a36fe9c971710092a040a026869");
    assertThat(OtlpIds.block(NOBODY, new byte[0], log))
        .hasToString("c536ec02-7b78-507a-8bbb-ae992cdaae5f");
    assertThat(OtlpIds.process(ResourceAttributes.read(log, 2, 25), NOBODY))
        .hasToString("7c19bbef-95e1-5713-b824-0230c7d700b0");
  }

  @Test
  void theFirstAttributeOfANameCounts() {
    ResourceAttributes attributes =
        read(
            Resource.newBuilder()
                .addAttributes(KeyValue.newBuilder().setKey("host.name"))
                .addAttributes(pair("host.name", string("second")))
                .addAttributes(pair("user.name", string("u")))
                .addAttributes(pair("process.owner", string("")))
                .addAttributes(pair("process.creation.time", string("")))
                .addAttributes(pair("process.start_time", string("then")))
                .build());
    assertThat(attributes.text("host.name")).isEmpty();
    assertThat(attributes.find("host.name")).isEmpty();
    assertThat(attributes.owner()).isEqualTo("u");
    assertThat(attributes.startTime()).isEqualTo("then");
    assertThat(attributes.declaredStartTime()).contains("");
    assertThat(attributes.properties())
        .containsEntry("otel.resource.host.name", "second")
        .containsEntry("otel.resource.process.owner", "");
  }

  @Test
  void valuesAsText() {
    assertThat(text(string("a \"b\""))).isEqualTo("a \"b\"");
    assertThat(text(AnyValue.newBuilder().setBoolValue(false).build())).isEqualTo("false");
    assertThat(text(AnyValue.newBuilder().setIntValue(-5).build())).isEqualTo("-5");
    assertThat(text(AnyValue.newBuilder().setStringValueStrindex(5).build())).isEmpty();
    assertThat(text(AnyValue.getDefaultInstance())).isEmpty();
    assertThat(text(AnyValue.newBuilder().setBytesValue(bytes(1, 255)).build()))
        .isEqualTo("[1, 255]");
    assertThat(
            text(
                AnyValue.newBuilder()
                    .setArrayValue(
                        ArrayValue.newBuilder().addValues(AnyValue.newBuilder().setIntValue(1)))
                    .build()))
        .isEqualTo(
            "Some(ArrayValue(ArrayValue { values: [AnyValue { value: Some(IntValue(1)) }] }))");
    assertThat(
            text(
                AnyValue.newBuilder()
                    .setKvlistValue(KeyValueList.newBuilder().addValues(pair("a", string("b"))))
                    .build()))
        .isEqualTo(
            "Some(KvlistValue(KeyValueList { values: [KeyValue { key: \"a\", value: Some(AnyValue"
                + " { value: Some(StringValue(\"b\")) }), key_strindex: 0 }] }))");
  }

  @Test
  void doublesAsText() {
    assertThat(AttributeText.decimal(1.0)).isEqualTo("1");
    assertThat(AttributeText.decimal(1e21)).isEqualTo("1000000000000000000000");
    assertThat(AttributeText.decimal(0.1)).isEqualTo("0.1");
    assertThat(AttributeText.decimal(-1e-7)).isEqualTo("-0.0000001");
    assertThat(AttributeText.decimal(Double.NaN)).isEqualTo("NaN");
    assertThat(AttributeText.decimal(Double.NEGATIVE_INFINITY)).isEqualTo("-inf");
    assertThat(AttributeText.decimal(-0.0)).isEqualTo("-0");
    assertThat(DebugText.number(1.0)).isEqualTo("1.0");
    assertThat(DebugText.number(0.5)).isEqualTo("0.5");
    assertThat(DebugText.number(1e16)).isEqualTo("1e16");
    assertThat(DebugText.number(-1.5e-5)).isEqualTo("-1.5e-5");
    assertThat(DebugText.number(1234567890123456.0)).isEqualTo("1234567890123456.0");
    assertThat(DebugText.number(-0.0)).isEqualTo("-0.0");
    assertThat(DebugText.number(Double.POSITIVE_INFINITY)).isEqualTo("inf");
  }

  @Test
  void textInsideOfStructuresIsEscaped() {
    StringBuilder out = new StringBuilder();
    DebugText.quote(out, "a\"\\\n\t\r\0'ß😀\u0001\u00a0\u0301\u200b");
    assertThat(out).hasToString("\"a\\\"\\\\\\n\\t\\r\\0'ß😀\\u{1}\\u{a0}\\u{301}\\u{200b}\"");
  }

  @Test
  void marginsAreTrimmedAndLettersFolded() {
    assertThat(OtlpIds.normal("\u2003 ÄB c\t\u00a0")).isEqualTo("Äb c");
    assertThat(OtlpIds.normal("  ")).isEmpty();
  }

  private static ByteString bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteString.copyFrom(bytes);
  }

  private static String text(AnyValue value) {
    byte[] bytes = value.toByteArray();
    return AttributeText.of(bytes, 0, bytes.length);
  }

  private static ResourceAttributes attributes(String... keysAndValues) {
    Resource.Builder resource = Resource.newBuilder();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      resource.addAttributes(pair(keysAndValues[i], string(keysAndValues[i + 1])));
    }
    return read(resource.build());
  }

  private static ResourceAttributes read(Resource resource) {
    byte[] bytes = resource.toByteArray();
    return ResourceAttributes.read(bytes, 0, bytes.length);
  }

  private static AnyValue string(String text) {
    return AnyValue.newBuilder().setStringValue(text).build();
  }

  private static KeyValue pair(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }
}
