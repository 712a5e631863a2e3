package micromegas.benchmarks;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// OpenTelemetry messages as an instrumented web service sends them: 512 records each.
final class OtlpWorkload {
  static final int RECORDS = 512;

  private static final long BEGIN = 1_795_465_835_000_000_000L;
  private static final String[] ROUTES = {"/", "/cart", "/cart/items", "/checkout", "/login"};

  private final Random random = new Random(42);
  private long now = BEGIN;

  /// Logs of which every second one belongs to a span.
  List<byte[]> logs(int messages) {
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      ScopeLogs.Builder scope = ScopeLogs.newBuilder().setScope(scope());
      for (int k = 0; k < RECORDS; k++) {
        now += random.nextInt(1_000_000);
        LogRecord.Builder log =
            LogRecord.newBuilder()
                .setTimeUnixNano(now)
                .setObservedTimeUnixNano(now + 1000)
                .setSeverityNumberValue(9)
                .setSeverityText("INFO")
                .setBody(text("request " + random.nextInt(100_000) + " took longer than usual"))
                .addAttributes(attribute("code.function", "handle"))
                .addAttributes(attribute("code.namespace", "shop.cart.CartController"))
                .addAttributes(attribute("thread.name", "worker-" + random.nextInt(8)))
                .addAttributes(attribute("thread.id", random.nextInt(8)));
        if (k % 2 == 0) {
          log.setTraceId(id(16)).setSpanId(id(8)).setFlags(1);
        }
        scope.addLogRecords(log);
      }
      all.add(ResourceLogs.newBuilder().addScopeLogs(scope).build().toByteArray());
    }
    return all;
  }

  /// Sums and gauges over few distinct attribute sets.
  List<byte[]> metrics(int messages) {
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      ScopeMetrics.Builder scope = ScopeMetrics.newBuilder().setScope(scope());
      for (int metric = 0; metric < RECORDS / 16; metric++) {
        Metric.Builder sum =
            Metric.newBuilder().setName("http.server.count." + metric).setUnit("1");
        sum.getSumBuilder().setAggregationTemporalityValue(2).setIsMonotonic(true);
        for (int k = 0; k < 16; k++) {
          now += 1000;
          sum.getSumBuilder()
              .addDataPointsBuilder()
              .setStartTimeUnixNano(BEGIN)
              .setTimeUnixNano(now)
              .setAsInt(random.nextInt(1_000_000))
              .addAttributes(attribute("http.route", ROUTES[k % ROUTES.length]))
              .addAttributes(attribute("http.response.status_code", k % 3 == 0 ? 500 : 200));
        }
        scope.addMetrics(sum);
      }
      all.add(ResourceMetrics.newBuilder().addScopeMetrics(scope).build().toByteArray());
    }
    return all;
  }

  /// Spans with six attributes, one in four with an event.
  List<byte[]> spans(int messages) {
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      ScopeSpans.Builder scope = ScopeSpans.newBuilder().setScope(scope());
      for (int k = 0; k < RECORDS; k++) {
        now += random.nextInt(1_000_000);
        String route = ROUTES[random.nextInt(ROUTES.length)];
        Span.Builder span =
            Span.newBuilder()
                .setTraceId(id(16))
                .setSpanId(id(8))
                .setParentSpanId(id(8))
                .setName("GET " + route)
                .setKind(Span.SpanKind.SPAN_KIND_SERVER)
                .setStartTimeUnixNano(now)
                .setEndTimeUnixNano(now + random.nextInt(50_000_000))
                .addAttributes(attribute("http.request.method", "GET"))
                .addAttributes(attribute("http.route", route))
                .addAttributes(attribute("http.response.status_code", 200))
                .addAttributes(attribute("server.address", "shop.example"))
                .addAttributes(attribute("client.port", random.nextInt(65_536)))
                .addAttributes(attribute("url.scheme", "https"));
        if (k % 4 == 0) {
          span.addEventsBuilder()
              .setTimeUnixNano(now + 10)
              .setName("cache.lookup")
              .addAttributes(attribute("hit", 1));
        }
        scope.addSpans(span);
      }
      all.add(ResourceSpans.newBuilder().addScopeSpans(scope).build().toByteArray());
    }
    return all;
  }

  private static InstrumentationScope scope() {
    return InstrumentationScope.newBuilder().setName("shop.web").setVersion("1.2.3").build();
  }

  private static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder().setKey(key).setValue(text(value)).build();
  }

  private static KeyValue attribute(String key, long value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setIntValue(value))
        .build();
  }

  private static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }

  private ByteString id(int length) {
    byte[] id = new byte[length];
    random.nextBytes(id);
    return ByteString.copyFrom(id);
  }
}
