package micromegas.ingestion.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import micromegas.common.CorruptDataException;
import micromegas.ingestion.otlp.Telemetry;
import org.junit.jupiter.api.Test;

class CloudWatchLogsTest {
  private static final String HEAD =
      "\"owner\":\"123\",\"logGroup\":\"/g\",\"logStream\":\"s\",\"subscriptionFilters\":[\"f\"],";

  @Test
  void eventsBecomeRecordsOfTheirLogStream() {
    byte[] message =
        read("{\"messageType\":\"DATA_MESSAGE\","
                + HEAD
                + "\"logEvents\":[{\"id\":\"1\",\"timestamp\":1700000000001,\"message\":\"ä\\n\","
                + "\"extra\":{}},{\"id\":\"2\",\"timestamp\":0,\"message\":\"\"},"
                + "{\"id\":\"3\",\"timestamp\":9223372036854775807,\"message\":\"late\"}]}")
            .orElseThrow();
    ResourceLogs expected =
        ResourceLogs.newBuilder()
            .setResource(
                Telemetry.resource(
                    "service.name", "/g",
                    "service.instance.id", "s",
                    "cloud.account.id", "123",
                    "aws.log.group.name", "/g",
                    "aws.log.stream.name", "s"))
            .addScopeLogs(
                ScopeLogs.newBuilder()
                    .addLogRecords(record(1_700_000_000_001_000_000L, "ä\n", "1"))
                    .addLogRecords(record(0, "", "2"))
                    .addLogRecords(record(-1, "late", "3")))
            .build();
    assertThat(message).isEqualTo(expected.toByteArray());
  }

  private static LogRecord record(long time, String body, String id) {
    return LogRecord.newBuilder()
        .setTimeUnixNano(time)
        .setBody(AnyValue.newBuilder().setStringValue(body))
        .addAttributes(
            KeyValue.newBuilder()
                .setKey("aws.log.event.id")
                .setValue(AnyValue.newBuilder().setStringValue(id)))
        .build();
  }

  @Test
  void thereMayBeNothingToStore() {
    assertThat(read("{\"messageType\":\"DATA_MESSAGE\"," + HEAD + "\"logEvents\":[]}")).isEmpty();
    String control = "{\"messageType\":\"CONTROL_MESSAGE\"," + HEAD;
    assertThat(
            read(control + "\"logEvents\":[{\"id\":\"\",\"timestamp\":1,\"message\":\"check\"}]}"))
        .isEmpty();
    assertThat(read("{" + HEAD + "\"messageType\":\"DATA_MESSAGE\"}")).isEmpty();
  }

  @Test
  void whatIsNoSubscriptionIsCorrupt() {
    for (String json :
        new String[] {
          "",
          "[]",
          "{" + HEAD + "\"logEvents\":[]}",
          "{\"messageType\":\"DATA_MESSAGE\"}",
          "{\"messageType\":5," + HEAD + "\"logEvents\":[]}",
          "{\"messageType\":\"DATA_MESSAGE\"," + HEAD + "\"logEvents\":{}}",
          "{\"messageType\":\"DATA_MESSAGE\"," + HEAD + "\"logEvents\":[5]}",
          "{\"messageType\":\"DATA_MESSAGE\"," + HEAD + "\"logEvents\":[{\"id\":\"1\"}]}",
          event("-1"),
          event("1.5"),
          event("\"1\""),
          event("99999999999999999999"),
        }) {
      assertThatThrownBy(() -> read(json)).as(json).isInstanceOf(CorruptDataException.class);
    }
  }

  private static String event(String timestamp) {
    return "{\"messageType\":\"DATA_MESSAGE\","
        + HEAD
        + "\"logEvents\":[{\"id\":\"1\",\"message\":\"\",\"timestamp\":"
        + timestamp
        + "}]}";
  }

  private static Optional<byte[]> read(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return CloudWatchLogs.message(bytes, bytes.length);
  }
}
