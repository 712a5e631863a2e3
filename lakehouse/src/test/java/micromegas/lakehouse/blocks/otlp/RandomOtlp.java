package micromegas.lakehouse.blocks.otlp;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import micromegas.otlp.Signal;

/// Random resource messages in which everything that rows depend on is frequent.
final class RandomOtlp {
  private static final List<String> TEXTS =
      List.of("", "a", "b", "service.name", "größer", "日本語 😀", "\"q\\\n\u0001", "x".repeat(150));
  private static final double[] DOUBLES = {
    0, -0.0, 1, -1.5, 0.1, 1e21, 1e-7, Double.NaN, Double.NEGATIVE_INFINITY, Long.MAX_VALUE
  };

  private final Random random;

  RandomOtlp(Random random) {
    this.random = random;
  }

  Message message(Signal signal) {
    return switch (signal) {
      case LOGS -> logs();
      case METRICS -> metrics();
      case TRACES -> spans();
    };
  }

  /// A message of one log record.
  static byte[] log(LogRecord record) {
    return ResourceLogs.newBuilder()
        .addScopeLogs(ScopeLogs.newBuilder().addLogRecords(record))
        .build()
        .toByteArray();
  }

  /// A message of one span that has a row, unless `change` sees to it that it has none.
  static byte[] span(UnaryOperator<Span.Builder> change) {
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(ByteString.copyFrom(new byte[16]))
            .setSpanId(ByteString.copyFrom(new byte[8]))
            .setStartTimeUnixNano(10)
            .setEndTimeUnixNano(20);
    return ResourceSpans.newBuilder()
        .addScopeSpans(ScopeSpans.newBuilder().addSpans(change.apply(span)))
        .build()
        .toByteArray();
  }

  private ResourceLogs logs() {
    ResourceLogs.Builder resource = ResourceLogs.newBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      ScopeLogs.Builder scope = ScopeLogs.newBuilder().setSchemaUrl(text());
      if (random.nextBoolean()) {
        scope.setScope(scope());
      }
      for (int k = random.nextInt(8); k > 0; k--) {
        LogRecord.Builder log =
            LogRecord.newBuilder()
                .setTimeUnixNano(time())
                .setObservedTimeUnixNano(time())
                .setSeverityNumberValue(random.nextInt(28) - 2)
                .setSeverityText(text())
                .setTraceId(id(16))
                .setSpanId(id(8))
                .setFlags(random.nextInt());
        if (random.nextBoolean()) {
          log.setBody(value(0));
        }
        if (random.nextInt(4) == 0) {
          log.setEventName(text());
        }
        for (int a = random.nextInt(5); a > 0; a--) {
          log.addAttributes(attribute(0));
        }
        scope.addLogRecords(log);
      }
      resource.addScopeLogs(scope);
    }
    return resource.build();
  }

  private ResourceMetrics metrics() {
    ResourceMetrics.Builder resource = ResourceMetrics.newBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      ScopeMetrics.Builder scope = ScopeMetrics.newBuilder();
      if (random.nextBoolean()) {
        scope.setScope(scope());
      }
      for (int k = random.nextInt(6); k > 0; k--) {
        scope.addMetrics(metric());
      }
      resource.addScopeMetrics(scope);
    }
    return resource.build();
  }

  private Metric.Builder metric() {
    Metric.Builder metric =
        Metric.newBuilder().setName(text()).setUnit(text()).setDescription(text());
    switch (random.nextInt(5)) {
      case 0 -> {
        for (int p = random.nextInt(6); p > 0; p--) {
          metric.getGaugeBuilder().addDataPoints(number());
        }
      }
      case 1 -> {
        metric
            .getSumBuilder()
            .setAggregationTemporalityValue(random.nextInt(4) - 1)
            .setIsMonotonic(random.nextBoolean());
        for (int p = random.nextInt(6); p > 0; p--) {
          metric.getSumBuilder().addDataPoints(number());
        }
      }
      case 2 -> {
        for (int p = random.nextInt(4); p > 0; p--) {
          SummaryDataPoint.Builder point =
              SummaryDataPoint.newBuilder()
                  .setTimeUnixNano(time())
                  .setCount(random.nextLong() >> random.nextInt(64))
                  .setSum(number64())
                  .setFlags(random.nextInt(8) == 0 ? 1 : 2);
          for (int q = random.nextInt(5); q > 0; q--) {
            point
                .addQuantileValuesBuilder()
                .setQuantile(random.nextInt(3) * 0.5)
                .setValue(number64());
          }
          for (int a = random.nextInt(3); a > 0; a--) {
            point.addAttributes(attribute(0));
          }
          metric.getSummaryBuilder().addDataPoints(point);
        }
      }
      case 3 -> metric.getHistogramBuilder().addDataPointsBuilder().setTimeUnixNano(time());
      default -> {
        // A metric without data.
      }
    }
    return metric;
  }

  private NumberDataPoint.Builder number() {
    NumberDataPoint.Builder point = NumberDataPoint.newBuilder().setTimeUnixNano(time());
    switch (random.nextInt(5)) {
      case 0 -> {
        // A point without a value.
      }
      case 1, 2 -> point.setAsInt(random.nextLong() >> random.nextInt(64));
      default -> point.setAsDouble(number64());
    }
    for (int a = random.nextInt(3); a > 0; a--) {
      point.addAttributes(attribute(0));
    }
    return point;
  }

  private ResourceSpans spans() {
    ResourceSpans.Builder resource = ResourceSpans.newBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      ScopeSpans.Builder scope = ScopeSpans.newBuilder().setSchemaUrl(text());
      if (random.nextBoolean()) {
        scope.setScope(scope());
      }
      for (int k = random.nextInt(8); k > 0; k--) {
        Span.Builder span =
            Span.newBuilder()
                .setTraceId(id(16))
                .setSpanId(id(8))
                .setParentSpanId(id(8))
                .setTraceState(text())
                .setName(text())
                .setKindValue(random.nextInt(8) - 1)
                .setStartTimeUnixNano(time())
                .setEndTimeUnixNano(time());
        if (random.nextBoolean()) {
          span.getStatusBuilder().setCodeValue(random.nextInt(5) - 1).setMessage(text());
        }
        for (int a = random.nextInt(4); a > 0; a--) {
          span.addAttributes(attribute(0));
        }
        for (int e = random.nextInt(3); e > 0; e--) {
          span.addEventsBuilder()
              .setName(text())
              .setTimeUnixNano(time())
              .addAttributes(attribute(1));
        }
        for (int l = random.nextInt(3); l > 0; l--) {
          span.addLinksBuilder().setTraceId(id(16)).setSpanId(id(8)).addAttributes(attribute(1));
        }
        scope.addSpans(span);
      }
      resource.addScopeSpans(scope);
    }
    return resource.build();
  }

  private InstrumentationScope.Builder scope() {
    InstrumentationScope.Builder scope =
        InstrumentationScope.newBuilder().setName(text()).setVersion(text());
    for (int a = random.nextInt(3); a > 0; a--) {
      scope.addAttributes(attribute(0));
    }
    return scope;
  }

  private KeyValue.Builder attribute(int depth) {
    KeyValue.Builder attribute = KeyValue.newBuilder().setKey(text());
    if (random.nextInt(6) > 0) {
      attribute.setValue(value(depth));
    }
    return attribute;
  }

  private AnyValue.Builder value(int depth) {
    AnyValue.Builder value = AnyValue.newBuilder();
    switch (random.nextInt(depth < 3 ? 9 : 6)) {
      case 0 -> value.setBoolValue(random.nextBoolean());
      case 1 -> value.setIntValue(random.nextLong() >> random.nextInt(64));
      case 2 -> value.setDoubleValue(number64());
      case 3 -> value.setBytesValue(id(5));
      case 4 -> value.setStringValue(text());
      case 5 -> {
        // An empty value.
      }
      case 6 -> {
        value.getArrayValueBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
          value.getArrayValueBuilder().addValues(value(depth + 1));
        }
      }
      case 7 -> {
        value.getKvlistValueBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
          value.getKvlistValueBuilder().addValues(attribute(depth + 1));
        }
      }
      default -> value.setStringValueStrindex(random.nextInt(3));
    }
    return value;
  }

  private ByteString id(int length) {
    byte[] id = new byte[random.nextInt(6) == 0 ? random.nextInt(20) : length];
    random.nextBytes(id);
    return ByteString.copyFrom(id);
  }

  private long time() {
    return switch (random.nextInt(12)) {
      case 0 -> 0;
      case 1 -> Long.MIN_VALUE;
      case 2 -> -1;
      default -> 1_795_465_835_204_764_928L + random.nextInt(1_000_000_000);
    };
  }

  private double number64() {
    return random.nextBoolean() ? random.nextGaussian() : DOUBLES[random.nextInt(DOUBLES.length)];
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }
}
