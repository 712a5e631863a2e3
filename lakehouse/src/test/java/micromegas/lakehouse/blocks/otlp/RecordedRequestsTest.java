package micromegas.lakehouse.blocks.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.LogColumns;
import micromegas.lakehouse.blocks.MeasureColumns;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.jsonb.JsonbText;
import micromegas.lakehouse.view.LogEntriesViewMaker;
import micromegas.lakehouse.view.MeasuresViewMaker;
import micromegas.lakehouse.view.OtelSpansViewMaker;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.Signal;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/// What the OpenTelemetry SDK for Python sent, against the answers of the reference server, row by
/// row and, for documents, byte by byte.
class RecordedRequestsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final DecodeScratch scratch = new DecodeScratch();

  @Test
  void logRowsAreThoseOfTheReference() throws IOException {
    ColumnBatch rows =
        decode(
            "0002",
            new OtlpLogProcessor(),
            Signal.LOGS,
            new LogEntriesViewMaker(Map.of()).schema().arrow());
    List<JsonNode> expected = expected("otel_logs");
    assertThat(rows.rows()).isEqualTo(expected.size()).isEqualTo(60);
    for (int row = 0; row < rows.rows(); row++) {
      JsonNode line = expected.get(row);
      assertThat(rows.longs(LogColumns.TIME).get(row)).isEqualTo(line.get("time").asLong());
      assertThat(rows.ints(LogColumns.LEVEL).get(row)).isEqualTo(line.get("level").asInt());
      assertThat(text(rows, LogColumns.TARGET, row)).isEqualTo(line.get("target").asText());
      assertThat(utf8(rows.bytes(LogColumns.MSG), row)).isEqualTo(line.get("msg").asText());
      assertThat(json(rows, LogColumns.PROPERTIES, row)).isEqualTo(line.get("p").asText());
    }
    assertThat(rows.minEventNanos()).isEqualTo(expected.getFirst().get("time").asLong());
    assertThat(rows.maxEventNanos()).isEqualTo(expected.getLast().get("time").asLong());
  }

  @Test
  void measureRowsAreThoseOfTheReference() throws IOException {
    ColumnBatch rows =
        decode(
            "0001",
            new OtlpMetricProcessor(),
            Signal.METRICS,
            new MeasuresViewMaker(Map.of()).schema().arrow());
    Map<String, JsonNode> expected = new TreeMap<>();
    expected("otel_measures").forEach(line -> expected.put(line.get("name").asText(), line));
    assertThat(rows.rows()).isEqualTo(expected.size());
    for (int row = 0; row < rows.rows(); row++) {
      JsonNode line = expected.get(text(rows, MeasureColumns.NAME, row));
      assertThat(text(rows, MeasureColumns.TARGET, row)).isEqualTo(line.get("target").asText());
      assertThat(text(rows, MeasureColumns.UNIT, row)).isEqualTo(line.get("unit").asText());
      assertThat(rows.doubles(MeasureColumns.VALUE).get(row))
          .isEqualTo(line.get("value").asDouble());
      assertThat(json(rows, MeasureColumns.PROPERTIES, row)).isEqualTo(line.get("p").asText());
    }
  }

  @Test
  void spanRowsAreThoseOfTheReference() throws IOException {
    ColumnBatch rows =
        decode(
            "0000",
            new OtlpSpanProcessor(),
            Signal.TRACES,
            new OtelSpansViewMaker(Map.of()).schema().arrow());
    assertThat(rows.rows()).isEqualTo(120);
    Map<String, Integer> bySpan = new TreeMap<>();
    for (int row = 0; row < rows.rows(); row++) {
      bySpan.put(base64(rows.bytes(SpanColumns.SPAN_ID), row), row);
    }
    List<JsonNode> expected = expected("otel_spans_cols");
    assertThat(expected).hasSize(40);
    for (JsonNode line : expected) {
      int row = bySpan.get(line.get("span_id").get("b64").asText());
      assertThat(base64(rows.bytes(SpanColumns.TRACE_ID), row))
          .isEqualTo(line.get("trace_id").get("b64").asText());
      BytesColumn parents = rows.bytes(SpanColumns.PARENT_SPAN_ID);
      assertThat(parents.isNull(row)).isEqualTo(line.get("parent_span_id").isNull());
      if (!parents.isNull(row)) {
        assertThat(base64(parents, row)).isEqualTo(line.get("parent_span_id").get("b64").asText());
      }
      assertThat(rows.longs(SpanColumns.START_TIME).get(row))
          .isEqualTo(line.get("start_time").asLong());
      assertThat(rows.longs(SpanColumns.END_TIME).get(row))
          .isEqualTo(line.get("end_time").asLong());
      assertThat(rows.longs(SpanColumns.DURATION).get(row))
          .isEqualTo(line.get("duration").asLong());
      assertThat(text(rows, SpanColumns.NAME, row)).isEqualTo(line.get("name").asText());
      assertThat(text(rows, SpanColumns.KIND, row)).isEqualTo(line.get("kind").asText());
      assertThat(text(rows, SpanColumns.STATUS, row)).isEqualTo(line.get("status").asText());
      BytesColumn messages = rows.bytes(SpanColumns.STATUS_MESSAGE);
      assertThat(messages.isNull(row)).isEqualTo(line.get("status_message").isNull());
      if (!messages.isNull(row)) {
        assertThat(utf8(messages, row)).isEqualTo(line.get("status_message").asText());
      }
      assertThat(Base64.getEncoder().encodeToString(document(rows, SpanColumns.PROPERTIES, row)))
          .isEqualTo(line.get("properties").get("b64").asText());
      assertThat(base64(rows.bytes(SpanColumns.EVENTS), row))
          .isEqualTo(line.get("events").get("b64").asText());
      assertThat(base64(rows.bytes(SpanColumns.LINKS), row))
          .isEqualTo(line.get("links").get("b64").asText());
      assertThat(utf8(rows.bytes(SpanColumns.EXE), row)).isEqualTo(line.get("exe").asText());
      assertThat(utf8(rows.bytes(SpanColumns.COMPUTER), row))
          .isEqualTo(line.get("computer").asText());
    }
    assertThat(rows.minEventNanos()).isEqualTo(1795465835204701705L);
    assertThat(rows.maxEventNanos()).isEqualTo(1795465835270722108L);
  }

  private ColumnBatch decode(String request, BlockProcessor processor, Signal signal, Schema schema)
      throws IOException {
    byte[] bytes = load(request + ".bin");
    ColumnBatch batch = new ColumnBatch(schema);
    ProtoReader resources = new ProtoReader().over(bytes, 0, bytes.length);
    while (resources.next()) {
      assertThat(resources.tag()).isEqualTo(OtlpTags.ExportRequest.RESOURCES);
      byte[] resource = Arrays.copyOfRange(bytes, resources.begin(), resources.end());
      processor.process(
          OtlpBlocks.source(
              signal, UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), Map.of()),
          OtlpBlocks.payload(resource),
          batch,
          scratch);
    }
    return batch;
  }

  private static List<JsonNode> expected(String name) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : new String(load(name + ".jsonl"), UTF_8).lines().skip(1).toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static byte[] load(String name) throws IOException {
    try (InputStream in = RecordedRequestsTest.class.getResourceAsStream("/otel/" + name)) {
      return in.readAllBytes();
    }
  }

  private static String text(ColumnBatch batch, int column, int row) {
    return new String(document(batch, column, row), UTF_8);
  }

  private static String json(ColumnBatch batch, int column, int row) {
    return JsonbText.format(document(batch, column, row));
  }

  private static byte[] document(ColumnBatch batch, int column, int row) {
    DictionaryColumn dictionary = batch.dictionary(column);
    return copy(dictionary.dictionary(), dictionary.indices()[row]);
  }

  private static String utf8(BytesColumn column, int row) {
    return new String(copy(column, row), UTF_8);
  }

  private static String base64(BytesColumn column, int row) {
    return Base64.getEncoder().encodeToString(copy(column, row));
  }

  private static byte[] copy(BytesColumn column, int row) {
    return Arrays.copyOfRange(column.data(), column.begin(row), column.end(row));
  }
}
