package micromegas.benchmarks;

import java.util.SplittableRandom;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.ProtoWriter;
import micromegas.otlp.Signal;

/// Makes export requests like those of an SDK's batch processor: one resource, one scope, records
/// of about 200 bytes with four attributes. Every request is different, in the time of its first
/// record. Used by one thread.
final class OtlpRequests {
  private static final long BASE_NANOS = 1_790_000_000_000_000_000L;
  private static final String[] PATHS = {"/cart", "/checkout", "/products/17", "/login", "/"};

  private final byte[] request;
  private final int timeOffset;
  private final int records;
  private final int client;
  private long sent;

  /// @param client number of the sender, a host of its own
  OtlpRequests(Signal signal, int records, int client) {
    this.records = records;
    this.client = client;
    this.request = build(signal, records, client);
    this.timeOffset = offsetOf(request, time(0));
  }

  /// Records in each request.
  int records() {
    return records;
  }

  /// The next request, in an array that the one after it shares.
  byte[] next() {
    long time = time(sent++);
    for (int i = 0; i < 8; i++) {
      request[timeOffset + i] = (byte) (time >>> 8 * i);
    }
    return request;
  }

  private long time(long number) {
    return BASE_NANOS + client * 1_000_000_000_000L + number * 1_000;
  }

  private byte[] build(Signal signal, int count, int number) {
    SplittableRandom random = new SplittableRandom(42);
    ProtoWriter resource = new ProtoWriter();
    attribute(resource, OtlpTags.Resource.ATTRIBUTES, "service.name", "bench");
    attribute(resource, OtlpTags.Resource.ATTRIBUTES, "service.version", "1.2.3");
    attribute(resource, OtlpTags.Resource.ATTRIBUTES, "service.instance.id", "i-" + number);
    attribute(resource, OtlpTags.Resource.ATTRIBUTES, "host.name", "host-" + number);
    attribute(resource, OtlpTags.Resource.ATTRIBUTES, "telemetry.sdk.language", "java");
    ProtoWriter scopeName = new ProtoWriter();
    scopeName.string(OtlpTags.InstrumentationScope.NAME >>> 3, "io.example.shop");
    ProtoWriter scope = new ProtoWriter();
    nested(scope, OtlpTags.ScopeSignal.SCOPE, scopeName);
    if (signal == Signal.METRICS) {
      metrics(scope, count, random);
    } else {
      for (int i = 0; i < count; i++) {
        nested(
            scope,
            OtlpTags.ScopeSignal.RECORDS,
            signal == Signal.LOGS ? log(i, random) : span(i, random));
      }
    }
    ProtoWriter message = new ProtoWriter();
    nested(message, OtlpTags.ResourceSignal.RESOURCE, resource);
    nested(message, OtlpTags.ResourceSignal.SCOPES, scope);
    ProtoWriter out = new ProtoWriter();
    nested(out, OtlpTags.ExportRequest.RESOURCES, message);
    return out.toByteArray();
  }

  /// Later records are a second later, so that the time of the first one is nowhere else.
  private long recordTime(int index) {
    return time(0) + (index == 0 ? 0 : 1_000_000_000L + index * 1_000L);
  }

  private ProtoWriter log(int index, SplittableRandom random) {
    ProtoWriter log = new ProtoWriter();
    fixed64(log, OtlpTags.LogRecord.TIME_UNIX_NANO, recordTime(index));
    varint(log, OtlpTags.LogRecord.SEVERITY_NUMBER, 9);
    log.string(OtlpTags.LogRecord.SEVERITY_TEXT >>> 3, "INFO");
    ProtoWriter body = new ProtoWriter();
    body.string(
        OtlpTags.AnyValue.STRING_VALUE >>> 3,
        "order " + random.nextInt(100_000) + " accepted in " + random.nextInt(900) + " ms");
    nested(log, OtlpTags.LogRecord.BODY, body);
    attributes(log, OtlpTags.LogRecord.ATTRIBUTES, random);
    id(log, OtlpTags.LogRecord.TRACE_ID, 16, random);
    id(log, OtlpTags.LogRecord.SPAN_ID, 8, random);
    return log;
  }

  private ProtoWriter span(int index, SplittableRandom random) {
    ProtoWriter span = new ProtoWriter();
    id(span, OtlpTags.Span.TRACE_ID, 16, random);
    id(span, OtlpTags.Span.SPAN_ID, 8, random);
    id(span, OtlpTags.Span.PARENT_SPAN_ID, 8, random);
    span.string(OtlpTags.Span.NAME >>> 3, "GET " + PATHS[index % PATHS.length]);
    varint(span, OtlpTags.Span.KIND, 2);
    fixed64(span, OtlpTags.Span.START_TIME_UNIX_NANO, recordTime(index));
    fixed64(
        span, OtlpTags.Span.END_TIME_UNIX_NANO, recordTime(index) + 1 + random.nextInt(1 << 20));
    attributes(span, OtlpTags.Span.ATTRIBUTES, random);
    return span;
  }

  /// Gauges of ten points each.
  private void metrics(ProtoWriter scope, int count, SplittableRandom random) {
    for (int first = 0; first < count; first += 10) {
      ProtoWriter gauge = new ProtoWriter();
      for (int i = first; i < Math.min(count, first + 10); i++) {
        ProtoWriter point = new ProtoWriter();
        fixed64(point, OtlpTags.NumberDataPoint.TIME_UNIX_NANO, recordTime(i));
        fixed64(
            point,
            OtlpTags.NumberDataPoint.AS_DOUBLE,
            Double.doubleToRawLongBits(1 + random.nextDouble()));
        attributes(point, OtlpTags.NumberDataPoint.ATTRIBUTES, random);
        nested(gauge, OtlpTags.MetricData.DATA_POINTS, point);
      }
      ProtoWriter metric = new ProtoWriter();
      metric.string(OtlpTags.Metric.NAME >>> 3, "shop.queue." + first / 10);
      metric.string(OtlpTags.Metric.UNIT >>> 3, "1");
      nested(metric, OtlpTags.Metric.GAUGE, gauge);
      nested(scope, OtlpTags.ScopeSignal.RECORDS, metric);
    }
  }

  private static void attributes(ProtoWriter out, int tag, SplittableRandom random) {
    attribute(out, tag, "http.request.method", "GET");
    attribute(out, tag, "url.path", PATHS[random.nextInt(PATHS.length)]);
    attribute(out, tag, "user.id", "u" + random.nextInt(10_000));
    attribute(out, tag, "thread.name", "worker-" + random.nextInt(16));
  }

  private static void attribute(ProtoWriter out, int tag, String key, String text) {
    ProtoWriter value = new ProtoWriter();
    value.string(OtlpTags.AnyValue.STRING_VALUE >>> 3, text);
    ProtoWriter pair = new ProtoWriter();
    pair.string(OtlpTags.KeyValue.KEY >>> 3, key);
    nested(pair, OtlpTags.KeyValue.VALUE, value);
    nested(out, tag, pair);
  }

  private static void id(ProtoWriter out, int tag, int size, SplittableRandom random) {
    byte[] id = new byte[size];
    random.nextBytes(id);
    out.tag(tag >>> 3, ProtoReader.LENGTH_DELIMITED);
    out.bytes(id, 0, size);
  }

  private static void fixed64(ProtoWriter out, int tag, long value) {
    out.tag(tag >>> 3, ProtoReader.FIXED64);
    out.fixed64(value);
  }

  private static void varint(ProtoWriter out, int tag, long value) {
    out.tag(tag >>> 3, ProtoReader.VARINT);
    out.varint(value);
  }

  private static void nested(ProtoWriter out, int tag, ProtoWriter content) {
    out.tag(tag >>> 3, ProtoReader.LENGTH_DELIMITED);
    out.bytes(content.array(), 0, content.size());
  }

  private static int offsetOf(byte[] bytes, long value) {
    int found = -1;
    for (int at = 0; at + 8 <= bytes.length; at++) {
      long here = 0;
      for (int i = 7; i >= 0; i--) {
        here = here << 8 | bytes[at + i] & 0xff;
      }
      if (here == value) {
        CheckFailedException.requireEqual("places of the first time", -1, found);
        found = at;
      }
    }
    return found;
  }
}
