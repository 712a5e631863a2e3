package micromegas.lakehouse.fresh;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import micromegas.common.Nanos;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.otlp.Signal;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.StreamInfo;

/// OpenTelemetry streams and blocks in a [LiveLake].
final class OtelLake {
  private OtelLake() {}

  /// A new process with one stream of a signal.
  static LiveLake.Source source(LiveLake live, Signal signal) {
    LiveLake.Source source = LiveLake.Source.random();
    live.insertProcess(source);
    live.lake
        .metadata()
        .insertStream(
            new StoredStream(
                new StreamInfo(
                    source.processId(),
                    source.streamId(),
                    List.of(),
                    List.of(),
                    List.of(signal.tag()),
                    Map.of(),
                    signal.format()),
                live.clock.instant()));
    return source;
  }

  /// Stores a block whose events lie within the second before its insertion.
  static UUID insert(
      LiveLake live, LiveLake.Source source, Instant inserted, int records, byte[] message) {
    Instant begin = inserted.minusSeconds(1);
    BlockInfo info =
        new BlockInfo(
            UUID.randomUUID(),
            source.streamId(),
            source.processId(),
            begin,
            Nanos.fromInstant(begin),
            inserted,
            Nanos.fromInstant(inserted),
            0,
            records);
    byte[] payload = PayloadCodec.encode(new BlockPayload(new byte[0], message));
    StoredBlock block = new StoredBlock(info, payload.length, inserted);
    live.lake.objects().putIfAbsent(block.objectKey(), payload);
    live.lake.metadata().insertBlock(block);
    return info.blockId();
  }

  /// Spans named `span <i>` of the given traces, within the second before `inserted`.
  static byte[] spans(Instant inserted, byte[]... traces) {
    ScopeSpans.Builder spans =
        ScopeSpans.newBuilder().setScope(InstrumentationScope.newBuilder().setName("test"));
    long begin = Nanos.fromInstant(inserted) - Nanos.PER_SECOND;
    for (int i = 0; i < traces.length; i++) {
      byte[] spanId = new byte[8];
      spanId[7] = (byte) (i + 1);
      spans.addSpans(
          Span.newBuilder()
              .setTraceId(ByteString.copyFrom(traces[i]))
              .setSpanId(ByteString.copyFrom(spanId))
              .setName("span " + i)
              .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
              .setStartTimeUnixNano(begin + i)
              .setEndTimeUnixNano(begin + i + 1000)
              .addAttributes(
                  KeyValue.newBuilder()
                      .setKey("i")
                      .setValue(AnyValue.newBuilder().setIntValue(i))));
    }
    return ResourceSpans.newBuilder().addScopeSpans(spans).build().toByteArray();
  }
}
