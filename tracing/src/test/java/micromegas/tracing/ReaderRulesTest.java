package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.StreamKind;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.ClientTypes;
import micromegas.transit.LogBlockWriter;
import micromegas.transit.LogDescriptor;
import micromegas.transit.Lz4FrameWriter;
import micromegas.transit.MetricBlockWriter;
import micromegas.transit.MetricDescriptor;
import micromegas.transit.ProcessInfo;
import micromegas.transit.PropertySet;
import micromegas.transit.SpanBlockWriter;
import micromegas.transit.SpanDescriptor;
import micromegas.transit.StreamInfo;
import micromegas.transit.UserDefinedType;
import org.junit.jupiter.api.Test;

/// Every rule of A15 is broken on purpose, and the validator that the other tests rely on notices.
class ReaderRulesTest {
  private static final UUID ID = new UUID(1, 2);
  private static final SpanDescriptor A = new SpanDescriptor("a", "t", "t", "f", 1, 3);
  private static final SpanDescriptor B = new SpanDescriptor("b", "t", "t", "f", 2, 3);
  private static final LogDescriptor LOG = new LogDescriptor("text", "t", "t", "f", 1, 4);
  private static final MetricDescriptor METRIC = new MetricDescriptor("m", "u", "t", "f", 1, 1);
  private static final ProcessInfo PROCESS = process(1_000_000_000);

  private static ProcessInfo process(long frequency) {
    return new ProcessInfo(
        ID, "", "", "", "", "", "", frequency, Instant.EPOCH, 1_000, Optional.empty(), Map.of());
  }

  private static StreamInfo stream(
      StreamKind kind, List<UserDefinedType> objects, String tag, String threadId) {
    List<UserDefinedType> dependencies =
        switch (kind) {
          case LOGS -> ClientTypes.logDependencies();
          case METRICS -> ClientTypes.metricDependencies();
          case SPANS -> ClientTypes.spanDependencies();
          case IMAGES -> List.of();
        };
    return new StreamInfo(
        ID,
        new UUID(3, kind.ordinal()),
        dependencies,
        objects,
        List.of(tag),
        Map.of("thread-id", threadId),
        StreamInfo.TRANSIT_FORMAT);
  }

  private static FinishedBlock block(
      StreamKind kind, BlockPayload payload, long begin, long end, long offset, int events) {
    List<UserDefinedType> objects =
        switch (kind) {
          case LOGS -> ClientTypes.logObjects();
          case METRICS -> ClientTypes.metricObjects();
          case SPANS -> ClientTypes.spanObjects();
          case IMAGES -> ClientTypes.imageObjects();
        };
    return block(kind, stream(kind, objects, kind.tag(), "7"), payload, begin, end, offset, events);
  }

  private static FinishedBlock block(
      StreamKind kind,
      StreamInfo stream,
      BlockPayload payload,
      long begin,
      long end,
      long offset,
      int events) {
    BlockInfo info =
        new BlockInfo(
            UUID.randomUUID(),
            stream.streamId(),
            ID,
            Instant.EPOCH,
            begin,
            Instant.EPOCH,
            end,
            offset,
            events);
    return new FinishedBlock(kind, stream, info, payload, 0);
  }

  private static BlockPayload spans(Object... events) {
    SpanBlockWriter writer = new SpanBlockWriter();
    for (int i = 0; i < events.length; i += 3) {
      long time = 1_000 + (int) events[i + 2];
      if (events[i].equals("+")) {
        writer.begin((SpanDescriptor) events[i + 1], time);
      } else {
        writer.end((SpanDescriptor) events[i + 1], time);
      }
    }
    return writer.finish();
  }

  private static List<String> validate(FinishedBlock... blocks) {
    return StreamValidator.validate(PROCESS, List.of(blocks));
  }

  private static byte[] compressed(byte[] raw) {
    return Lz4FrameWriter.portable(false).compress(raw, raw.length);
  }

  @Test
  void goodBlocksPass() {
    assertThat(
            validate(
                block(StreamKind.SPANS, spans("+", A, 0, "+", B, 1, "-", B, 2), 0, 2, 0, 3),
                block(StreamKind.SPANS, spans("-", A, 3), 2, 3, 3, 1)))
        .isEmpty();
  }

  @Test
  void references() {
    BlockPayload good = spans("+", A, 0);
    byte[] none = compressed(new byte[0]);
    assertThat(
            validate(block(StreamKind.SPANS, new BlockPayload(none, good.objects()), 0, 1, 0, 1)))
        .singleElement()
        .asString()
        .contains("unknown dependency");
    // R1: a descriptor before the texts it uses; R2: an id twice.
    byte[] descriptor = new byte[49];
    descriptor[1] = 9;
    descriptor[9] = 1;
    assertThat(
            validate(
                block(
                    StreamKind.SPANS,
                    new BlockPayload(compressed(descriptor), good.objects()),
                    0,
                    1,
                    0,
                    1)))
        .singleElement()
        .asString()
        .contains("unknown dependency");
    byte[] twice = {
      2, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 'a', 2, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 'b'
    };
    assertThat(
            validate(
                block(StreamKind.SPANS, new BlockPayload(compressed(twice), none), 0, 1, 0, 1)))
        .singleElement()
        .asString()
        .contains("duplicate dependency");
    // R10: text that is not UTF-8.
    byte[] bad = {2, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    assertThat(
            validate(block(StreamKind.SPANS, new BlockPayload(compressed(bad), none), 0, 1, 0, 1)))
        .singleElement()
        .asString()
        .contains("not UTF-8");
  }

  @Test
  void layouts() {
    // R4: a member that readers ask for has another name. R5: a reference of four bytes.
    for (UserDefinedType.Member time :
        List.of(
            new UserDefinedType.Member("ticks", "i64", 8, 8, false),
            new UserDefinedType.Member("time", "i64", 8, 4, false))) {
      UserDefinedType event =
          new UserDefinedType(
              "BeginThreadSpanEvent",
              16,
              List.of(new UserDefinedType.Member("thread_span_desc", "x", 0, 8, true), time),
              false);
      StreamInfo stream = stream(StreamKind.SPANS, List.of(event), "cpu", "7");
      assertThat(validate(block(StreamKind.SPANS, stream, spans("+", A, 0), 0, 1, 0, 1)))
          .isNotEmpty();
    }
    UserDefinedType narrow =
        new UserDefinedType(
            "BeginThreadSpanEvent",
            16,
            List.of(new UserDefinedType.Member("thread_span_desc", "x", 0, 4, true)),
            false);
    StreamInfo stream = stream(StreamKind.SPANS, List.of(narrow), "cpu", "7");
    assertThat(validate(block(StreamKind.SPANS, stream, spans("+", A, 0), 0, 1, 0, 1)))
        .isNotEmpty();
  }

  @Test
  void nesting() {
    assertThat(
            validate(block(StreamKind.SPANS, spans("+", A, 0, "+", B, 1, "-", A, 2), 0, 2, 0, 3)))
        .singleElement()
        .asString()
        .startsWith("R7");
  }

  @Test
  void order() {
    assertThat(validate(block(StreamKind.SPANS, spans("+", A, 2, "+", B, 1), 0, 2, 0, 2)))
        .containsExactly("R8 begin goes back");
    assertThat(
            validate(
                block(StreamKind.SPANS, spans("+", A, 0), 0, 1, 0, 1),
                block(StreamKind.SPANS, spans("-", A, 3), 2, 3, 1, 1)))
        .containsExactly("R8 a gap before the block");
    assertThat(validate(block(StreamKind.SPANS, spans("+", A, 5), 0, 4, 0, 1)))
        .singleElement()
        .asString()
        .startsWith("R8");
    // R13: absolute ticks as the bounds of a block.
    assertThat(validate(block(StreamKind.SPANS, spans("+", A, 5), 1_000, 1_006, 0, 1)))
        .isNotEmpty();
  }

  @Test
  void offsets() {
    assertThat(
            validate(
                block(StreamKind.SPANS, spans("+", A, 0), 0, 1, 0, 1),
                block(StreamKind.SPANS, spans("-", A, 1), 1, 1, 2, 1)))
        .singleElement()
        .asString()
        .startsWith("R15");
  }

  @Test
  void tagsAndThreads() {
    StreamInfo untagged = stream(StreamKind.SPANS, ClientTypes.spanObjects(), "trace", "7");
    assertThat(validate(block(StreamKind.SPANS, untagged, spans("+", A, 0), 0, 1, 0, 1)))
        .singleElement()
        .asString()
        .startsWith("R9");
    StreamInfo wide = stream(StreamKind.SPANS, ClientTypes.spanObjects(), "cpu", "99999999999");
    assertThat(validate(block(StreamKind.SPANS, wide, spans("+", A, 0), 0, 1, 0, 1)))
        .singleElement()
        .asString()
        .startsWith("R9");
  }

  @Test
  void values() {
    MetricBlockWriter metrics = new MetricBlockWriter();
    metrics.integer(METRIC, -1, 1_000);
    assertThat(validate(block(StreamKind.METRICS, metrics.finish(), 0, 1, 0, 1)))
        .containsExactly("R11 negative integer");
    metrics.taggedInteger(METRIC, PropertySet.of(Map.of("unit", "x")), 1, 1_000);
    assertThat(validate(block(StreamKind.METRICS, metrics.finish(), 0, 1, 0, 1)))
        .containsExactly("R12 property unit");
    LogBlockWriter logs = new LogBlockWriter();
    byte[] text = "x".getBytes(StandardCharsets.UTF_8);
    logs.tagged(LOG, PropertySet.of(Map.of("level", "warn")), 1_000, text);
    assertThat(validate(block(StreamKind.LOGS, logs.finish(), 0, 1, 0, 1)))
        .containsExactly("R12 level warn");
    logs.log(LOG, 1_000, text);
    assertThat(
            StreamValidator.validate(
                process(0), List.of(block(StreamKind.LOGS, logs.finish(), 0, 1, 0, 1))))
        .containsExactly("R14 no frequency");
  }
}
