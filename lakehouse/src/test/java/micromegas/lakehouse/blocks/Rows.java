package micromegas.lakehouse.blocks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.view.AsyncEventsViewMaker;
import micromegas.lakehouse.view.ImagesViewMaker;
import micromegas.lakehouse.view.LogEntriesViewMaker;
import micromegas.lakehouse.view.MeasuresViewMaker;

/// Decoded rows as values, for comparison.
final class Rows {
  private Rows() {}

  record Log(long time, String target, int level, String message, Map<String, String> properties) {}

  record Measure(
      long time,
      String target,
      String name,
      String unit,
      double value,
      Map<String, String> properties) {}

  record AsyncEvent(
      long time,
      String type,
      long spanId,
      long parentSpanId,
      int depth,
      int hash,
      String name,
      String file,
      String target,
      int line) {}

  record Image(long time, String name, String format, long size, String hex) {}

  static ColumnBatch asyncBatch() {
    return new ColumnBatch(new AsyncEventsViewMaker(Map.of()).schema().arrow());
  }

  static ColumnBatch imageBatch() {
    return new ColumnBatch(new ImagesViewMaker(Map.of()).schema().arrow());
  }

  static ColumnBatch logBatch() {
    return new ColumnBatch(new LogEntriesViewMaker(Map.of()).schema().arrow());
  }

  static ColumnBatch measureBatch() {
    return new ColumnBatch(new MeasuresViewMaker(Map.of()).schema().arrow());
  }

  static List<Log> logs(ColumnBatch batch) {
    List<Log> rows = new ArrayList<>();
    for (int row = 0; row < batch.rows(); row++) {
      rows.add(
          new Log(
              batch.longs(LogColumns.TIME).get(row),
              text(batch, LogColumns.TARGET, row),
              batch.ints(LogColumns.LEVEL).get(row),
              utf8(batch.bytes(LogColumns.MSG), row),
              properties(batch, LogColumns.PROPERTIES, row)));
    }
    return rows;
  }

  static List<Measure> measures(ColumnBatch batch) {
    List<Measure> rows = new ArrayList<>();
    for (int row = 0; row < batch.rows(); row++) {
      rows.add(
          new Measure(
              batch.longs(MeasureColumns.TIME).get(row),
              text(batch, MeasureColumns.TARGET, row),
              text(batch, MeasureColumns.NAME, row),
              text(batch, MeasureColumns.UNIT, row),
              batch.doubles(MeasureColumns.VALUE).values()[row],
              properties(batch, MeasureColumns.PROPERTIES, row)));
    }
    return rows;
  }

  static List<AsyncEvent> asyncEvents(ColumnBatch batch) {
    List<AsyncEvent> rows = new ArrayList<>();
    for (int row = 0; row < batch.rows(); row++) {
      rows.add(
          new AsyncEvent(
              batch.longs(AsyncEventColumns.TIME).get(row),
              text(batch, AsyncEventColumns.EVENT_TYPE, row),
              batch.longs(AsyncEventColumns.SPAN_ID).get(row),
              batch.longs(AsyncEventColumns.PARENT_SPAN_ID).get(row),
              batch.ints(AsyncEventColumns.DEPTH).get(row),
              batch.ints(AsyncEventColumns.HASH).get(row),
              text(batch, AsyncEventColumns.NAME, row),
              text(batch, AsyncEventColumns.FILENAME, row),
              text(batch, AsyncEventColumns.TARGET, row),
              batch.ints(AsyncEventColumns.LINE).get(row)));
    }
    return rows;
  }

  static List<Image> images(ColumnBatch batch) {
    List<Image> rows = new ArrayList<>();
    BytesColumn contents = batch.bytes(ImageColumns.DATA);
    for (int row = 0; row < batch.rows(); row++) {
      rows.add(
          new Image(
              batch.longs(ImageColumns.TIME).get(row),
              utf8(batch.bytes(ImageColumns.NAME), row),
              text(batch, ImageColumns.FORMAT, row),
              batch.longs(ImageColumns.PAYLOAD_SIZE).get(row),
              HexFormat.of().formatHex(contents.data(), contents.begin(row), contents.end(row))));
    }
    return rows;
  }

  static String text(ColumnBatch batch, int column, int row) {
    DictionaryColumn dictionary = batch.dictionary(column);
    return utf8(dictionary.dictionary(), dictionary.indices()[row]);
  }

  static Map<String, String> properties(ColumnBatch batch, int column, int row) {
    DictionaryColumn dictionary = batch.dictionary(column);
    int index = dictionary.indices()[row];
    BytesColumn values = dictionary.dictionary();
    return parse(
        ByteBuffer.wrap(
            values.data(), values.begin(index), values.end(index) - values.begin(index)));
  }

  /// A JSONB object of texts.
  static Map<String, String> parse(ByteBuffer jsonb) {
    int header = jsonb.getInt();
    if ((header & 0xf0000000) != 0x40000000) {
      throw new AssertionError("not an object: " + Integer.toHexString(header));
    }
    int count = header & 0x0fffffff;
    int[] lengths = new int[2 * count];
    for (int i = 0; i < lengths.length; i++) {
      int entry = jsonb.getInt();
      if ((entry & 0xf0000000) != 0x10000000) {
        throw new AssertionError("not a text: " + Integer.toHexString(entry));
      }
      lengths[i] = entry & 0x0fffffff;
    }
    String[] texts = new String[2 * count];
    for (int i = 0; i < texts.length; i++) {
      byte[] text = new byte[lengths[i]];
      jsonb.get(text);
      texts[i] = new String(text, StandardCharsets.UTF_8);
    }
    if (jsonb.hasRemaining()) {
      throw new AssertionError("bytes behind the object");
    }
    Map<String, String> properties = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      properties.put(texts[i], texts[count + i]);
    }
    return properties;
  }

  private static String utf8(BytesColumn column, int row) {
    return new String(
        column.data(),
        column.begin(row),
        column.end(row) - column.begin(row),
        StandardCharsets.UTF_8);
  }
}
