package micromegas.otlp.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import micromegas.common.CorruptDataException;
import micromegas.common.ResourceExhaustedException;
import micromegas.otlp.Signal;
import micromegas.otlp.canonical.CanonicalForm;
import micromegas.otlp.testkit.Generated;
import micromegas.otlp.testkit.RandomMessages;
import micromegas.otlp.testkit.ReferenceEncoder;
import org.junit.jupiter.api.Test;

class JsonTranscoderTest {
  private static final Pattern IDS =
      Pattern.compile("\"(traceId|spanId|parentSpanId)\":\\s*\"([^\"]*)\"");

  private final JsonTranscoder transcoder = new JsonTranscoder(10_000_000);
  private final CanonicalForm form = new CanonicalForm();

  /// JSON that protobuf's own library printed (with ids in hexadecimal, as OTLP has them) gives the
  /// message that was printed.
  @Test
  void equalsTheMessageThatWasPrinted() throws IOException {
    RandomMessages messages = new RandomMessages(new Random(7));
    JsonFormat.Printer[] printers = {
      JsonFormat.printer(),
      JsonFormat.printer().omittingInsignificantWhitespace().printingEnumsAsInts(),
      JsonFormat.printer().alwaysPrintFieldsWithNoPresence()
    };
    for (int round = 0; round < 300; round++) {
      Signal signal = Signal.values()[round % 3];
      Message message = messages.fill(Generated.request(signal), 0);
      if (message.getAllFields().isEmpty()) {
        continue;
      }
      String json = hexadecimalIds(printers[round / 3 % 3].print(message));
      assertThat(HexFormat.of().formatHex(canonical(signal, json)))
          .as(json)
          .isEqualTo(HexFormat.of().formatHex(ReferenceEncoder.encode(message)));
    }
  }

  private static String hexadecimalIds(String json) {
    return IDS.matcher(json)
        .replaceAll(id -> {
          byte[] bytes = Base64.getDecoder().decode(id.group(2));
          return Matcher.quoteReplacement(
              "\"" + id.group(1) + "\": \"" + HexFormat.of().formatHex(bytes) + "\"");
        });
  }

  @Test
  void allSpellingsOfNumbersAreRead() throws IOException {
    for (String spelling : new String[] {"7", "\"7\"", "7.0", "70e-1"}) {
      NumberDataPoint point = point("\"timeUnixNano\": " + spelling + ", \"asInt\": " + spelling);
      assertThat(point.getTimeUnixNano()).as(spelling).isEqualTo(7);
      assertThat(point.getAsInt()).as(spelling).isEqualTo(7);
    }
    assertThat(point("\"timeUnixNano\": 18446744073709551615").getTimeUnixNano()).isEqualTo(-1);
    assertThat(point("\"timeUnixNano\": \"9223372036854775808\"").getTimeUnixNano())
        .isEqualTo(Long.MIN_VALUE);
    assertThat(point("\"asInt\": \"-9223372036854775808\"").getAsInt()).isEqualTo(Long.MIN_VALUE);
    assertThat(point("\"asDouble\": \"1.5e3\"").getAsDouble()).isEqualTo(1500);
    assertThat(point("\"asDouble\": 3").getAsDouble()).isEqualTo(3);
    assertThat(point("\"asDouble\": \"NaN\"").getAsDouble()).isNaN();
    assertThat(point("\"asDouble\": \"-Infinity\"").getAsDouble())
        .isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(point("\"asInt\": 0").hasAsInt()).isTrue();
    assertThat(point("\"asInt\": null, \"flags\": null").hasAsInt()).isFalse();
  }

  @Test
  void enumerationsAreReadByNameNumberAndText() throws IOException {
    for (String spelling : new String[] {"2", "\"SPAN_KIND_SERVER\"", "\"2\""}) {
      assertThat(span("\"kind\": " + spelling).getKind())
          .as(spelling)
          .isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    }
    assertThat(span("\"kind\": 77").getKindValue()).isEqualTo(77);
    assertThat(log("\"severityNumber\": \"SEVERITY_NUMBER_WARN2\"").getSeverityNumberValue())
        .isEqualTo(14);
  }

  @Test
  void idsAreHexadecimalAndBytesBase64() throws IOException {
    assertThat(span("\"traceId\": \"5B8EFFF798038103d269b633813fc60c\"").getTraceId().size())
        .isEqualTo(16);
    assertThat(span("\"traceId\": \"\", \"spanId\": null").getTraceId().isEmpty()).isTrue();
    assertThat(span("\"spanId\": \"01ff\"").getSpanId().toByteArray()).containsExactly(1, -1);
    for (String spelling : new String[] {"+/8=", "-_8=", "+/8"}) {
      AnyValue body = log("\"body\": {\"bytesValue\": \"" + spelling + "\"}").getBody();
      assertThat(body.getBytesValue().toByteArray()).as(spelling).containsExactly(-5, -1);
    }
  }

  @Test
  void whatIsUnknownIsIgnored() throws IOException {
    LogRecord record =
        log(
            "\"foo\": {\"a\": [1, {\"b\": null}]}, \"time_unix_nano\": 5, \"body\":"
                + " {\"stringValue\": \"é\\ud83d\\ude00\\u0000\", \"bar\": 1}");
    assertThat(record.getTimeUnixNano()).isZero();
    assertThat(record.getBody().getStringValue()).isEqualTo("é😀\u0000");
    assertThat(log("\"body\": {}").hasBody()).isTrue();
    assertThat(log("\"body\": null, \"attributes\": null").hasBody()).isFalse();
  }

  @Test
  void whatDoesNotFollowTheMappingIsRefusedWithItsPlace() {
    assertRefused("{}", "resourceLogs is missing");
    assertRefused("{\"resourceLogs\": null}", "resourceLogs is missing");
    assertRefused("{\"resourceLogs\": []} 1", "behind the request");
    assertRefused("[]", "a request is an object");
    assertRefused("", "a request is an object");
    assertRefused("{\"resourceLogs\": [", "JSON: ");
    assertRefused("{\"resourceLogs\": {}}", "resourceLogs is an array");
    assertRefused("{\"resourceLogs\": [null]}", "resourceLogs is an object");
    assertRefused("{\"resourceLogs\": [5]}", "resourceLogs is an object");
    assertRefusedRecord("\"severityText\": 5", "severityText is text, not 5 (at byte 63)");
    assertRefusedRecord("\"severityText\": \"\\ud800\"", "unpaired surrogates");
    assertRefusedRecord("\"severityNumber\": \"LOUD\"", "severityNumber is an integer");
    assertRefusedRecord("\"timeUnixNano\": -1", "timeUnixNano is an integer from 0");
    assertRefusedRecord("\"timeUnixNano\": 18446744073709551616", "unsigned 64-bit");
    assertRefusedRecord("\"timeUnixNano\": \"1x\"", "unsigned 64-bit");
    assertRefusedRecord("\"timeUnixNano\": 1.5", "timeUnixNano is an integer");
    assertRefusedRecord("\"timeUnixNano\": 1e300", "timeUnixNano is an integer");
    assertRefusedRecord("\"timeUnixNano\": 1e999999999", "timeUnixNano is an integer");
    assertRefusedRecord("\"flags\": 4294967296", "flags is an integer from 0 to 4294967295");
    assertRefusedRecord("\"traceId\": \"abc\"", "traceId is hexadecimal");
    assertRefusedRecord("\"traceId\": \"W47/95gDgQPSabYzgT/GDA==\"", "traceId is hexadecimal");
    assertRefusedRecord("\"body\": {\"bytesValue\": \"a\"}", "bytesValue is base64");
    assertRefusedRecord("\"body\": {\"boolValue\": \"true\"}", "boolValue is true or false");
    assertRefusedRecord("\"body\": {\"doubleValue\": \"1d\"}", "doubleValue is a number");
    assertRefusedRecord("\"body\": {\"doubleValue\": 1e999}", "doubleValue is a number");
    assertRefusedRecord("\"body\": {\"doubleValue\": true}", "doubleValue is a number");
    assertRefusedRecord("\"attributes\": [null]", "attributes is an object");
    assertRefusedRecord("\"body\": \"text\"", "body is an object");
  }

  @Test
  void deepNestingIsRefused() {
    for (int levels : new int[] {60, 10_000}) {
      String open = "{\"arrayValue\":{\"values\":[".repeat(levels);
      String close = "]}}".repeat(levels);
      assertRefusedRecord("\"body\": " + open + close, "");
      assertRefusedRecord("\"unknown\": " + "[".repeat(levels * 50) + "]".repeat(levels * 50), "");
    }
  }

  @Test
  void aResultOverTheLimitIsRefused() {
    String counts = "0,".repeat(100_000) + "0";
    byte[] json =
        ("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"histogram\":{\"dataPoints\":"
                + "[{\"bucketCounts\":["
                + counts
                + "]}]}}]}]}]}")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(transcoder.transcode(Signal.METRICS, json, 0, json.length).length)
        .isGreaterThan(900_000);
    assertThatThrownBy(
            () -> new JsonTranscoder(400_000).transcode(Signal.METRICS, json, 0, json.length))
        .isInstanceOf(ResourceExhaustedException.class)
        .hasMessageContaining("400000");
  }

  @Test
  void brokenJsonIsRefusedOrRead() {
    byte[] json =
        record("\"timeUnixNano\": \"5\", \"body\": {\"stringValue\": \"ä\\n\"}, \"flags\": 3")
            .getBytes(StandardCharsets.UTF_8);
    Random random = new Random(3);
    int refused = 0;
    for (int i = 0; i < 4000; i++) {
      byte[] broken = i < json.length ? Arrays.copyOf(json, i) : json.clone();
      if (i >= json.length) {
        broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        transcoder.transcode(Signal.LOGS, broken, 0, broken.length);
      } catch (CorruptDataException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  private void assertRefused(String json, String message) {
    assertThatThrownBy(() -> canonical(Signal.LOGS, json))
        .as(json.length() > 200 ? "long" : json)
        .isInstanceOf(CorruptDataException.class)
        .hasMessageStartingWith("JSON: ")
        .hasMessageContaining(message);
  }

  private void assertRefusedRecord(String fields, String message) {
    assertRefused(record(fields), message);
  }

  private static String record(String fields) {
    return "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{" + fields + "}]}]}]}";
  }

  private LogRecord log(String fields) throws IOException {
    return ExportLogsServiceRequest.parseFrom(canonical(Signal.LOGS, record(fields)))
        .getResourceLogs(0)
        .getScopeLogs(0)
        .getLogRecords(0);
  }

  private Span span(String fields) throws IOException {
    String json = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" + fields + "}]}]}]}";
    return ExportTraceServiceRequest.parseFrom(canonical(Signal.TRACES, json))
        .getResourceSpans(0)
        .getScopeSpans(0)
        .getSpans(0);
  }

  private NumberDataPoint point(String fields) throws IOException {
    String json =
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"gauge\":{\"dataPoints\":[{"
            + fields
            + "}]}}]}]}]}";
    return ExportMetricsServiceRequest.parseFrom(canonical(Signal.METRICS, json))
        .getResourceMetrics(0)
        .getScopeMetrics(0)
        .getMetrics(0)
        .getGauge()
        .getDataPoints(0);
  }

  private byte[] canonical(Signal signal, String json) {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    byte[] request = transcoder.transcode(signal, text, 0, text.length);
    return form.of(signal.request(), request, 0, request.length, 0);
  }
}
