package micromegas.ingestion.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/// Requests for tests.
public final class Telemetry {
  private Telemetry() {}

  /// What the Python SDK sent: 0 is traces, 1 metrics, 2 logs.
  public static byte[] recorded(int number) {
    try (InputStream in =
        Telemetry.class.getClassLoader().getResourceAsStream("otel/000" + number + ".bin")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public static Resource resource(String... keysAndValues) {
    Resource.Builder resource = Resource.newBuilder();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      resource.addAttributes(
          KeyValue.newBuilder()
              .setKey(keysAndValues[i])
              .setValue(AnyValue.newBuilder().setStringValue(keysAndValues[i + 1])));
    }
    return resource.build();
  }

  /// One log record of a service.
  public static ResourceLogs log(String service, long time, String body) {
    return ResourceLogs.newBuilder()
        .setResource(resource("service.name", service))
        .addScopeLogs(
            ScopeLogs.newBuilder()
                .setScope(InstrumentationScope.newBuilder().setName("sc"))
                .addLogRecords(
                    LogRecord.newBuilder()
                        .setTimeUnixNano(time)
                        .setSeverityNumberValue(9)
                        .setBody(AnyValue.newBuilder().setStringValue(body))))
        .build();
  }

  public static byte[] logs(ResourceLogs... resources) {
    ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
    for (ResourceLogs resource : resources) {
      request.addResourceLogs(resource);
    }
    return request.build().toByteArray();
  }

  /// A request with one span for each length of a trace id.
  public static byte[] spans(int... traceIdLengths) {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (int length : traceIdLengths) {
      scope.addSpans(
          Span.newBuilder()
              .setTraceId(ByteString.copyFrom(new byte[length]))
              .setSpanId(ByteString.copyFrom(new byte[8]))
              .setStartTimeUnixNano(1)
              .setEndTimeUnixNano(2));
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(resource("service.name", "spans"))
                .addScopeSpans(scope))
        .build()
        .toByteArray();
  }
}
