package micromegas.lakehouse.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import micromegas.common.Nanos;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import org.junit.jupiter.api.Test;

/// The answers of the reference server on the recorded blocks, row by row.
class RecordedBlocksTest {
  private final DecodeScratch scratch = new DecodeScratch();

  @Test
  void logRowsAreThoseOfTheReference() {
    List<Rows.Log> rows = Rows.logs(decodeLogs());
    assertThat(rows).hasSize(1779);
    List<String> first =
        rows.stream()
            .sorted(
                Comparator.comparingLong(Rows.Log::time)
                    .thenComparing(Rows.Log::level)
                    .thenComparing(Rows.Log::target)
                    .thenComparing(Rows.Log::message))
            .limit(300)
            .map(row ->
                "{\"level\": %d, \"msg\": %s, \"target\": %s, \"time\": %d}"
                    .formatted(
                        row.level(), quoted(row.message()), quoted(row.target()), row.time()))
            .toList();
    assertThat(first).isEqualTo(RecordedProcess.expected("log_rows"));

    Map<String, LongSummaryStatistics> groups =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.level() + row.target(),
                    TreeMap::new,
                    Collectors.summarizingLong(Rows.Log::time)));
    List<String> byLevel =
        groups.entrySet().stream()
            .map(e ->
                "{\"level\": %s, \"n\": %d, \"t0\": %d, \"t1\": %d, \"target\": %s}"
                    .formatted(
                        e.getKey().substring(0, 1),
                        e.getValue().getCount(),
                        e.getValue().getMin(),
                        e.getValue().getMax(),
                        quoted(e.getKey().substring(1))))
            .toList();
    assertThat(byLevel).isEqualTo(RecordedProcess.expected("log_by_level"));

    TreeSet<String> documents = new TreeSet<>();
    rows.forEach(row -> documents.add("{\"p\": " + quoted(json(row.properties())) + "}"));
    assertThat(documents).containsExactlyElementsOf(RecordedProcess.expected("log_props_json"));
  }

  @Test
  void measureRowsAreThoseOfTheReference() {
    ColumnBatch batch = Rows.measureBatch();
    for (RecordedProcess.Stored block : RecordedProcess.metrics()) {
      new MetricsBlockProcessor().process(block.source(), block.payload(), batch, scratch);
    }
    List<Rows.Measure> rows = Rows.measures(batch);
    List<String> first =
        rows.stream()
            .sorted(
                Comparator.comparingLong(Rows.Measure::time)
                    .thenComparing(Rows.Measure::name)
                    .thenComparing(Rows.Measure::value))
            .limit(300)
            .map(row ->
                "{\"name\": %s, \"p\": %s, \"time\": %d, \"unit\": %s, \"value\": %s}"
                    .formatted(
                        quoted(row.name()),
                        quoted(json(row.properties())),
                        row.time(),
                        quoted(row.unit()),
                        row.value()))
            .toList();
    assertThat(first).isEqualTo(RecordedProcess.expected("measures_rows"));

    Map<String, DoubleSummaryStatistics> groups =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    row ->
                        "\"name\": %s, #\"target\": %s, \"unit\": %s"
                            .formatted(
                                quoted(row.name()), quoted(row.target()), quoted(row.unit())),
                    TreeMap::new,
                    Collectors.summarizingDouble(Rows.Measure::value)));
    assertThat(groups).hasSameSizeAs(RecordedProcess.expected("measures_by_name"));
    groups.forEach((key, values) ->
        assertThat(RecordedProcess.expected("measures_by_name"))
            .anyMatch(line ->
                line.contains(key.substring(key.indexOf('#') + 2))
                    && line.contains(key.substring(0, key.indexOf('#')).strip())
                    && line.contains("\"n\": " + values.getCount() + ",")
                    && line.contains("\"hi\": " + values.getMax() + ",")));
  }

  @Test
  void everyColumnIsFilledAndBoundsAreTheExtremes() {
    ColumnBatch batch = decodeLogs();
    List<RecordedProcess.Stored> blocks = RecordedProcess.logs();
    for (int column = 0; column < LogColumns.COUNT; column++) {
      assertThat(batch.column(column).size()).isEqualTo(batch.rows());
    }
    LongSummaryStatistics times =
        Rows.logs(batch).stream().collect(Collectors.summarizingLong(Rows.Log::time));
    assertThat(batch.minEventNanos()).isEqualTo(times.getMin());
    assertThat(batch.maxEventNanos()).isEqualTo(times.getMax());
    var source = blocks.getFirst().source();
    assertThat(Rows.text(batch, LogColumns.PROCESS_ID, 0))
        .isEqualTo(source.process().info().processId().toString());
    assertThat(Rows.text(batch, LogColumns.BLOCK_ID, 0))
        .isEqualTo(source.block().info().blockId().toString());
    assertThat(Rows.text(batch, LogColumns.STREAM_ID, batch.rows() - 1))
        .isEqualTo(source.stream().info().streamId().toString());
    assertThat(Rows.text(batch, LogColumns.EXE, 0)).isEqualTo(source.process().info().exe());
    assertThat(batch.longs(LogColumns.INSERT_TIME).get(0))
        .isEqualTo(Nanos.fromInstant(RecordedProcess.INSERTED));
    assertThat(Rows.properties(batch, LogColumns.PROCESS_PROPERTIES, 0))
        .isEqualTo(source.process().info().properties());
    DictionaryColumn ids = batch.dictionary(LogColumns.BLOCK_ID);
    assertThat(ids.dictionary().size()).isEqualTo(blocks.size());
  }

  private ColumnBatch decodeLogs() {
    ColumnBatch batch = Rows.logBatch();
    for (RecordedProcess.Stored block : RecordedProcess.logs()) {
      new LogBlockProcessor().process(block.source(), block.payload(), batch, scratch);
    }
    return batch;
  }

  private static String json(Map<String, String> properties) {
    return properties.entrySet().stream()
        .map(e -> quoted(e.getKey()) + ":" + quoted(e.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  /// As Python's `json.dumps` writes it.
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c > 0x7e) {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
