package micromegas.lakehouse.blocks.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import micromegas.common.CorruptDataException;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.DecodeLimits;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.LogColumns;
import micromegas.lakehouse.blocks.MeasureColumns;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.jsonb.JsonbText;
import micromegas.lakehouse.view.LogEntriesViewMaker;
import micromegas.lakehouse.view.MeasuresViewMaker;
import micromegas.lakehouse.view.OtelSpansViewMaker;
import micromegas.otlp.Signal;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/// The decoders against rows made from the generated classes, for random messages, whole and
/// damaged, and for messages that somebody made on purpose.
class OtlpDecodersTest {
  private static final Schema LOGS = new LogEntriesViewMaker(Map.of()).schema().arrow();
  private static final Schema MEASURES = new MeasuresViewMaker(Map.of()).schema().arrow();
  private static final Schema SPANS = new OtelSpansViewMaker(Map.of()).schema().arrow();

  private final DecodeScratch scratch = new DecodeScratch();

  @Test
  void rowsOfRandomMessagesAreThoseOfTheModel() throws Exception {
    RandomOtlp random = new RandomOtlp(new Random(20261124));
    int rows = 0;
    for (int round = 0; round < 300; round++) {
      for (Signal signal : Signal.values()) {
        byte[] message = random.message(signal).toByteArray();
        List<String> expected = expected(signal, message);
        assertThat(rows(signal, message)).isEqualTo(expected);
        rows += expected.size();
      }
    }
    assertThat(rows).isGreaterThan(2000);
  }

  /// Cut at every byte and with bits flipped, a block is decoded as the library decodes it or
  /// refused; nothing else is thrown and no row stays.
  @Test
  void damagedMessagesAreReadAlikeOrRefused() throws Exception {
    RandomOtlp random = new RandomOtlp(new Random(7));
    Random bits = new Random(8);
    int refused = 0;
    int alike = 0;
    for (Signal signal : Signal.values()) {
      for (int round = 0; round < 4; round++) {
        byte[] message = random.message(signal).toByteArray();
        for (int length = 0; length < message.length; length += 1 + message.length / 500) {
          refused += checked(signal, Arrays.copyOf(message, length)) ? 0 : 1;
        }
        for (int flip = 0; flip < 500 && message.length > 0; flip++) {
          byte[] damaged = message.clone();
          int bit = bits.nextInt(8 * message.length);
          damaged[bit / 8] ^= (byte) (1 << bit % 8);
          boolean decoded = checked(signal, damaged);
          refused += decoded ? 0 : 1;
          alike += decoded ? 1 : 0;
        }
      }
    }
    assertThat(refused).isGreaterThan(500);
    assertThat(alike).isGreaterThan(500);
  }

  @Test
  void recordsWithoutTimeOrIdHaveTheOutcomeOfTheirViewSet() {
    assertThat(rows(Signal.LOGS, RandomOtlp.log(LogRecord.newBuilder().build())))
        .containsExactly("1795463998123456000  4  {}");
    assertThat(
            rows(
                Signal.LOGS,
                RandomOtlp.log(LogRecord.newBuilder().setTimeUnixNano(Long.MIN_VALUE).build())))
        .containsExactly(Long.MIN_VALUE + "  4  {}");
    for (int traceBytes : new int[] {0, 15, 17}) {
      byte[] message =
          RandomOtlp.span(span -> span.setTraceId(ByteString.copyFrom(new byte[traceBytes])));
      assertThat(rows(Signal.TRACES, message)).isEmpty();
    }
    assertThat(rows(Signal.TRACES, RandomOtlp.span(span -> span.setStartTimeUnixNano(0))))
        .isEmpty();
    assertThat(rows(Signal.TRACES, RandomOtlp.span(span -> span.setEndTimeUnixNano(0)))).isEmpty();
    assertThat(rows(Signal.TRACES, RandomOtlp.span(span -> span.setEndTimeUnixNano(1)))).hasSize(1);
  }

  @Test
  void valuesNestedTooDeepAreRefused() {
    for (int depth : new int[] {90, 10_000}) {
      byte[] value = AnyValue.newBuilder().setIntValue(1).build().toByteArray();
      for (int i = 0; i < depth; i++) {
        value = wrap(0x2a, wrap(0x0a, value)); // array_value { values }
      }
      byte[] body = wrap(0x2a, value);
      byte[] message = wrap(0x12, wrap(0x12, body));
      if (depth < Attributes.MAX_DEPTH) {
        assertThat(rows(Signal.LOGS, message).getFirst())
            .contains("[".repeat(depth) + "1" + "]".repeat(depth));
      } else {
        assertThatThrownBy(() -> rows(Signal.LOGS, message))
            .isInstanceOf(CorruptDataException.class)
            .hasMessageContaining("nested deeper than");
      }
    }
  }

  @Test
  void aMillionAttributesAreOneDocument() {
    LogRecord.Builder log = LogRecord.newBuilder().setTimeUnixNano(1);
    for (int i = 1_000_000; i > 0; i--) {
      log.addAttributes(KeyValue.newBuilder().setKey("k" + i));
    }
    ColumnBatch batch =
        OtlpBlocks.decode(
            new OtlpLogProcessor(), Signal.LOGS, RandomOtlp.log(log.build()), LOGS, scratch);
    BytesColumn documents = batch.dictionary(LogColumns.PROPERTIES).dictionary();
    assertThat(HexFormat.of().toHexDigits(documents.data()[documents.begin(0)])).isEqualTo("40");
    assertThat(documents.bytes()).isGreaterThan(8_000_000);
  }

  @Test
  void limitsStopHostileBlocks() {
    DecodeScratch small = new DecodeScratch(new DecodeLimits(1 << 20, 100_000, 1000));
    byte[] records = new byte[2 * 1001];
    for (int i = 0; i < records.length; i += 2) {
      records[i] = 0x12; // an empty record
    }
    assertThatThrownBy(() ->
            OtlpBlocks.decode(
                new OtlpLogProcessor(), Signal.LOGS, wrap(0x12, records), LOGS, small))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("more than 1000 records")
        .hasMessageContaining("103535ab-e449-5c36-8f88-cde270d49706");
    // A large scope attribute is repeated in every row.
    ScopeLogs.Builder scope = ScopeLogs.newBuilder();
    scope.getScopeBuilder().setName("x".repeat(10_000));
    for (int i = 0; i < 100; i++) {
      scope.addLogRecords(
          LogRecord.newBuilder()
              .addAttributes(
                  KeyValue.newBuilder()
                      .setKey("i")
                      .setValue(AnyValue.newBuilder().setIntValue(i))));
    }
    byte[] message = ResourceLogs.newBuilder().addScopeLogs(scope).build().toByteArray();
    assertThatThrownBy(
            () -> OtlpBlocks.decode(new OtlpLogProcessor(), Signal.LOGS, message, LOGS, small))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("texts exceed the limit");
  }

  @Test
  void illFormedTextIsRepairedAndUnknownFieldsAndGroupsAreSkipped() {
    byte[] text = {0x2a, 4, 0x0a, 2, 'a', (byte) 0xff}; // body: string "a\xff"
    byte[] group = {0x7b, 0x08, 1, 0x7c, (byte) 0x98, 0x06, 5}; // group 15 { 1: 1 }, field 99: 5
    byte[] record = new byte[text.length + group.length];
    System.arraycopy(group, 0, record, 0, group.length);
    System.arraycopy(text, 0, record, group.length, text.length);
    assertThat(rows(Signal.LOGS, wrap(0x12, wrap(0x12, record))).getFirst()).contains(" a\ufffd ");
  }

  @Test
  void equalAttributesShareOneDictionaryEntry() {
    ScopeLogs.Builder scope = ScopeLogs.newBuilder();
    for (int i = 0; i < 1000; i++) {
      scope.addLogRecords(
          LogRecord.newBuilder()
              .setTimeUnixNano(1 + i)
              .setSeverityText(i % 2 == 0 ? "INFO" : "WARN")
              .addAttributes(
                  KeyValue.newBuilder()
                      .setKey("thread")
                      .setValue(AnyValue.newBuilder().setIntValue(i % 5))));
    }
    byte[] message = ResourceLogs.newBuilder().addScopeLogs(scope).build().toByteArray();
    ColumnBatch batch =
        OtlpBlocks.decode(new OtlpLogProcessor(), Signal.LOGS, message, LOGS, scratch);
    assertThat(batch.rows()).isEqualTo(1000);
    assertThat(batch.dictionary(LogColumns.PROPERTIES).dictionary().size()).isEqualTo(10);
  }

  @Test
  void whatDescribesAScopeMayComeBehindItsRecords() {
    byte[] record = wrap(0x12, wrap(0x2a, wrap(0x0a, "hello".getBytes(UTF_8))));
    byte[] scope = wrap(0x0a, wrap(0x0a, "lib".getBytes(UTF_8)));
    byte[] both = Arrays.copyOf(record, record.length + scope.length);
    System.arraycopy(scope, 0, both, record.length, scope.length);
    assertThat(rows(Signal.LOGS, wrap(0x12, both)).getFirst())
        .endsWith(" lib 4 hello {\"otel.scope.name\":\"lib\"}");
  }

  /// True when it was decoded as by the library, false when it was refused.
  private boolean checked(Signal signal, byte[] message) throws Exception {
    List<String> actual;
    try {
      actual = rows(signal, message);
    } catch (CorruptDataException e) {
      // The library cuts off the bits for which the wire format has no values, and takes ten bytes
      // of a varint for a whole one.
      boolean cut =
          e.getMessage().matches(".*(a length of|field number) \\d{9,}.*")
              || e.getMessage().contains("a varint of more than");
      if (!cut) {
        assertThat(isReadable(signal, message))
            .as("%s in %s", e.getMessage(), HexFormat.of().formatHex(message))
            .isFalse();
      }
      return false;
    }
    Message parsed;
    try {
      parsed = parse(signal, message);
    } catch (InvalidProtocolBufferException e) {
      return true; // damaged where no row looks, or in a text
    }
    // Fields that come twice are merged by the library; canonical messages have none.
    if (Arrays.equals(parsed.toByteArray(), message)) {
      assertThat(actual).isEqualTo(expected(signal, message));
    }
    return true;
  }

  private static boolean isReadable(Signal signal, byte[] message) {
    try {
      parse(signal, message);
      return true;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  private static Message parse(Signal signal, byte[] message)
      throws InvalidProtocolBufferException {
    return switch (signal) {
      case LOGS -> ResourceLogs.parseFrom(message);
      case METRICS -> ResourceMetrics.parseFrom(message);
      case TRACES -> ResourceSpans.parseFrom(message);
    };
  }

  private static List<String> expected(Signal signal, byte[] message) throws Exception {
    return switch (signal) {
      case LOGS -> Expected.logs(ResourceLogs.parseFrom(message));
      case METRICS -> Expected.measures(ResourceMetrics.parseFrom(message));
      case TRACES -> Expected.spans(ResourceSpans.parseFrom(message));
    };
  }

  private List<String> rows(Signal signal, byte[] message) {
    BlockProcessor processor =
        switch (signal) {
          case LOGS -> new OtlpLogProcessor();
          case METRICS -> new OtlpMetricProcessor();
          case TRACES -> new OtlpSpanProcessor();
        };
    Schema schema =
        switch (signal) {
          case LOGS -> LOGS;
          case METRICS -> MEASURES;
          case TRACES -> SPANS;
        };
    ColumnBatch batch = OtlpBlocks.decode(processor, signal, message, schema, scratch);
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < batch.rows(); row++) {
      rows.add(
          switch (signal) {
            case LOGS ->
                join(
                    batch.longs(LogColumns.TIME).get(row),
                    text(batch, LogColumns.TARGET, row),
                    batch.ints(LogColumns.LEVEL).get(row),
                    new String(bytes(batch.bytes(LogColumns.MSG), row), UTF_8),
                    json(batch, LogColumns.PROPERTIES, row));
            case METRICS ->
                join(
                    batch.longs(MeasureColumns.TIME).get(row),
                    text(batch, MeasureColumns.TARGET, row),
                    text(batch, MeasureColumns.NAME, row),
                    text(batch, MeasureColumns.UNIT, row),
                    batch.doubles(MeasureColumns.VALUE).get(row),
                    json(batch, MeasureColumns.PROPERTIES, row));
            case TRACES -> span(batch, row);
          });
    }
    return rows;
  }

  private static String span(ColumnBatch batch, int row) {
    BytesColumn parents = batch.bytes(SpanColumns.PARENT_SPAN_ID);
    BytesColumn messages = batch.bytes(SpanColumns.STATUS_MESSAGE);
    return join(
        hex(batch.bytes(SpanColumns.TRACE_ID), row),
        hex(batch.bytes(SpanColumns.SPAN_ID), row),
        parents.isNull(row) ? "null" : hex(parents, row),
        batch.longs(SpanColumns.START_TIME).get(row),
        batch.longs(SpanColumns.END_TIME).get(row),
        batch.longs(SpanColumns.DURATION).get(row),
        text(batch, SpanColumns.NAME, row),
        text(batch, SpanColumns.KIND, row),
        text(batch, SpanColumns.STATUS, row),
        messages.isNull(row) ? "null" : new String(bytes(messages, row), UTF_8),
        json(batch, SpanColumns.PROPERTIES, row),
        JsonbText.format(bytes(batch.bytes(SpanColumns.EVENTS), row)),
        JsonbText.format(bytes(batch.bytes(SpanColumns.LINKS), row)));
  }

  private static String join(Object... values) {
    return String.join(" ", Arrays.stream(values).map(String::valueOf).toList());
  }

  private static String text(ColumnBatch batch, int column, int row) {
    return new String(dictionary(batch, column, row), UTF_8);
  }

  private static String json(ColumnBatch batch, int column, int row) {
    return JsonbText.format(dictionary(batch, column, row));
  }

  private static byte[] dictionary(ColumnBatch batch, int column, int row) {
    var dictionary = batch.dictionary(column);
    return bytes(dictionary.dictionary(), dictionary.indices()[row]);
  }

  private static String hex(BytesColumn column, int row) {
    return HexFormat.of().formatHex(bytes(column, row));
  }

  private static byte[] bytes(BytesColumn column, int row) {
    return Arrays.copyOfRange(column.data(), column.begin(row), column.end(row));
  }

  /// A length-delimited field.
  private static byte[] wrap(int tag, byte[] content) {
    byte[] length = new byte[5];
    int size = 0;
    int rest = content.length;
    do {
      length[size++] = (byte) (rest > 0x7f ? rest & 0x7f | 0x80 : rest);
      rest >>>= 7;
    } while (rest > 0);
    byte[] field = new byte[1 + size + content.length];
    field[0] = (byte) tag;
    System.arraycopy(length, 0, field, 1, size);
    System.arraycopy(content, 0, field, 1 + size, content.length);
    return field;
  }
}
