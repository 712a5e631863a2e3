package micromegas.lakehouse.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import micromegas.common.CorruptDataException;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.BytesListColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.DoubleColumn;
import micromegas.lakehouse.columns.IntColumn;
import micromegas.lakehouse.columns.LongColumn;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files of every column type, read back by DuckDB.
class ParquetRoundTripTest {
  private static final ArrowType TIME = new ArrowType.Timestamp(TimeUnit.NANOSECOND, "+00:00");

  /// One column of each type and each kind of content that takes a way of its own.
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              field("time", TIME),
              field("insert_time", TIME),
              field("count", new ArrowType.Int(64, true)),
              field("level", new ArrowType.Int(32, true)),
              field("any_int", new ArrowType.Int(32, true)),
              field("line", new ArrowType.Int(32, false)),
              field("value", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
              field("gauge", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
              field("outgoing", new ArrowType.Bool()),
              field("msg", new ArrowType.Utf8()),
              field("exe", new ArrowType.Utf8()),
              field("data", new ArrowType.Binary()),
              field("trace_id", new ArrowType.FixedSizeBinary(16)),
              dictionary("process_id", new ArrowType.Utf8(), 1),
              dictionary("target", new ArrowType.Utf8(), 2),
              dictionary("properties", new ArrowType.Binary(), 3),
              dictionary("unique", new ArrowType.Utf8(), 4),
              new Field("optional", FieldType.nullable(new ArrowType.Utf8()), null),
              new Field(
                  "streams.tags",
                  FieldType.nullable(new ArrowType.List()),
                  List.of(field("tag", new ArrowType.Utf8()))),
              nullable("status_message", new ArrowType.Utf8()),
              nullable("comment", new ArrowType.Utf8()),
              nullable("parent_span_id", new ArrowType.FixedSizeBinary(8)),
              nullable("sum", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
              nullable("max", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE))));

  private static final String COLUMNS =
      """
      SELECT epoch_ns(time), epoch_ns(insert_time), count, level, any_int, line, value, gauge,
        outgoing, msg, exe, hex(data), hex(trace_id), process_id, target, hex(properties),
        "unique", optional, "streams.tags"::varchar, status_message, comment,
        hex(parent_span_id), "sum", "max"
      FROM $file
      """;

  @TempDir Path folder;
  private DuckDbReader reader;

  @BeforeEach
  void open() throws SQLException {
    reader = new DuckDbReader();
  }

  @AfterEach
  void close() throws SQLException {
    reader.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 31, 33, 129, 1000, 20_001})
  void everyTypeComesBackAsWritten(int rows) throws Exception {
    roundTrip(rows, rows, ParquetOptions.DEFAULT);
  }

  @Test
  void aFullRowGroupAndOneRowMore() throws Exception {
    roundTrip(131_072, 1, ParquetOptions.DEFAULT);
    roundTrip(131_073, 2, ParquetOptions.DEFAULT);
  }

  @Test
  void randomContentAndLimits() throws Exception {
    Random random = new Random(20261123);
    for (int i = 0; i < 40; i++) {
      ParquetOptions options =
          new ParquetOptions(
              1 + random.nextInt(3),
              1 + random.nextInt(3000),
              1L << 30,
              1 + random.nextInt(2000),
              1 + random.nextInt(5000),
              1 + random.nextInt(20_000));
      roundTrip(1 + random.nextInt(5000), random.nextLong(), options);
    }
  }

  @Test
  void requiredFieldsStayRequiredAndTypesAreThoseOfTheReference() throws Exception {
    Path file = write(SCHEMA, batch(100, new Random(3), new ArrayList<>()), ParquetOptions.DEFAULT);
    List<List<Object>> schema =
        reader.query(
            file,
            "SELECT name, type, repetition_type, logical_type FROM parquet_schema('" + file + "')");
    List<String> lines =
        schema.stream()
            .map(row -> row.get(0) + " " + row.get(1) + " " + row.get(2) + " " + row.get(3))
            .toList();
    assertThat(lines)
        .contains("level INT32 REQUIRED null", "optional BYTE_ARRAY OPTIONAL StringType()")
        .anyMatch(line -> line.startsWith("arrow_schema "))
        .anyMatch(line -> line.startsWith("time INT64 REQUIRED TimestampType(isAdjustedToUTC=1"))
        .anyMatch(line -> line.startsWith("streams.tags null OPTIONAL ListType()"))
        .anyMatch(line -> line.startsWith("tag BYTE_ARRAY REQUIRED"));
    assertThat(
            reader.query(
                file, "SELECT typeof(time), typeof(line), typeof(outgoing) FROM $file LIMIT 1"))
        .containsExactly(List.of("TIMESTAMPTZ_NS", "UINTEGER", "BOOLEAN"));
    assertThat(reader.query(file, "SELECT created_by FROM parquet_file_metadata('" + file + "')"))
        .first()
        .satisfies(row -> assertThat((String) row.getFirst()).startsWith("micromegas-java "));
    assertThat(
            reader.query(
                file,
                "SELECT count(*) FROM parquet_kv_metadata('"
                    + file
                    + "') WHERE decode(key) = 'ARROW:schema'"))
        .containsExactly(List.of(1L));
  }

  @Test
  void floatingPointNumbersAreADictionaryOrSplit() throws Exception {
    Schema schema =
        new Schema(
            List.of(
                field("several", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
                field("distinct", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE))));
    ColumnBatch batch = new ColumnBatch(schema);
    Random random = new Random(1);
    double sum = 0;
    for (int row = 0; row < 20_000; row++) {
      // Two metrics in turn, of a thousand values each.
      double several = row % 2 * 10_000 + row % 1_000 * 0.25;
      double distinct = random.nextGaussian();
      ((DoubleColumn) batch.column(0)).append(several);
      ((DoubleColumn) batch.column(1)).append(distinct);
      sum += distinct;
    }
    Path file = write(schema, batch, ParquetOptions.DEFAULT);
    assertThat(
            reader.query(
                file,
                "SELECT path_in_schema, encodings LIKE '%DICTIONARY%',"
                    + " encodings LIKE '%BYTE_STREAM_SPLIT%' FROM parquet_metadata('"
                    + file
                    + "') ORDER BY 1"))
        .containsExactly(List.of("distinct", false, true), List.of("several", true, false));
    List<Object> row =
        reader
            .query(
                file, "SELECT count(DISTINCT several), sum(several), sum(\"distinct\") FROM $file")
            .getFirst();
    assertThat(row.get(0)).isEqualTo(1_000L);
    assertThat((Double) row.get(1)).isEqualTo(20_000 * (124.875 + 5_000));
    assertThat((Double) row.get(2)).isCloseTo(sum, org.assertj.core.data.Offset.offset(1e-6));
  }

  @Test
  void valueOfTheWrongLengthIsRefused() {
    Schema schema = new Schema(List.of(field("trace_id", new ArrowType.FixedSizeBinary(16))));
    ColumnBatch batch = new ColumnBatch(schema);
    batch.bytes(0).append(new byte[15], 0, 15);
    try (RowGroupEncoder encoder = new RowGroupEncoder(schema, ParquetOptions.DEFAULT)) {
      assertThatThrownBy(() -> encoder.encode(batch, 0, 1))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("trace_id")
          .hasMessageContaining("16");
    }
  }

  @Test
  void statisticsCountNullsAndBoundTheOtherRows() throws Exception {
    Schema schema = new Schema(List.of(nullable("id", new ArrowType.Utf8())));
    ColumnBatch batch = new ColumnBatch(schema);
    for (String value : new String[] {null, "m", null, "c", "x", null}) {
      if (value == null) {
        batch.bytes(0).appendNull();
      } else {
        batch.bytes(0).append(value.getBytes(UTF_8), 0, 1);
      }
    }
    Path file = write(schema, batch, ParquetOptions.DEFAULT);
    assertThat(
            reader.query(
                file,
                "SELECT stats_null_count, stats_min_value, stats_max_value FROM parquet_metadata('"
                    + file
                    + "')"))
        .containsExactly(List.of(3L, "c", "x"));
  }

  @Test
  void aNullInARequiredColumnIsRefused() {
    Schema schema = new Schema(List.of(field("id", new ArrowType.Utf8())));
    ColumnBatch batch = new ColumnBatch(schema);
    batch.bytes(0).appendNull();
    try (RowGroupEncoder encoder = new RowGroupEncoder(schema, ParquetOptions.DEFAULT)) {
      assertThatThrownBy(() -> encoder.encode(batch, 0, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("id");
    }
  }

  @Test
  void rolledBackNullsAreForgotten() {
    BytesColumn column = new BytesColumn();
    for (int row = 0; row < 200; row++) {
      column.appendNull();
    }
    column.truncate(70);
    assertThat(column.isNull(69)).isTrue();
    column.append(new byte[3], 0, 3);
    assertThat(column.isNull(70)).isFalse();
    assertThat(column.hasNulls()).isTrue();
    column.truncate(0);
    assertThat(column.hasNulls()).isFalse();
  }

  @Test
  void rowGroupsHaveAtLeastOneRow() {
    Schema schema = new Schema(List.of(field("level", new ArrowType.Int(32, true))));
    try (RowGroupEncoder encoder = new RowGroupEncoder(schema, ParquetOptions.DEFAULT)) {
      assertThatThrownBy(() -> encoder.encode(new ColumnBatch(schema), 0, 0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private void roundTrip(int rows, long seed, ParquetOptions options) throws Exception {
    List<List<Object>> expected = new ArrayList<>();
    ColumnBatch batch = batch(rows, new Random(seed), expected);
    Path file = write(SCHEMA, batch, options);
    List<List<Object>> actual = reader.query(file, COLUMNS);
    assertThat(actual).hasSize(rows);
    for (int i = 0; i < rows; i++) {
      if (!actual.get(i).equals(expected.get(i))) {
        assertThat(actual.get(i))
            .as("row %d of %d, seed %d, %s", i, rows, seed, options)
            .isEqualTo(expected.get(i));
      }
    }
  }

  private Path write(Schema schema, ColumnBatch batch, ParquetOptions options) throws IOException {
    Path file = folder.resolve("f" + Math.abs(batch.hashCode()) + "_" + batch.rows() + ".parquet");
    try (FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        RowGroupEncoder encoder = new RowGroupEncoder(schema, options)) {
      ParquetAppender appender = new ParquetAppender(channel, schema);
      for (int from = 0; from < batch.rows(); from += options.rowGroupRows()) {
        int to = Math.min(batch.rows(), from + options.rowGroupRows());
        appender.append(encoder.encode(batch, from, to));
      }
      assertThat(appender.finish()).isEqualTo(channel.size());
    }
    return file;
  }

  private static ColumnBatch batch(int rows, Random random, List<List<Object>> expected) {
    ColumnBatch batch = new ColumnBatch(SCHEMA);
    int distinct = 1 + random.nextInt(random.nextBoolean() ? 10 : 3000);
    long time = random.nextLong(1L << 61);
    boolean wild = random.nextInt(4) == 0;
    String constant = text(random);
    int nulls = random.nextInt(5); // of 4 rows: none to all
    int run = 0;
    int target = 0;
    for (int row = 0; row < rows; row++) {
      List<Object> line = new ArrayList<>();
      time = wild ? random.nextLong(Long.MAX_VALUE) : time + random.nextInt(1_000_000) - 1000;
      if (run-- == 0) {
        run = random.nextInt(100);
        target = random.nextInt(distinct);
      }
      add(batch, line, time);
      add(batch, line, 1_700_000_000_000_000_000L + target * 1000L);
      add(batch, line, wild ? random.nextLong() : random.nextInt(5) - 2L);
      add(batch, line, 1 + random.nextInt(6));
      add(batch, line, random.nextInt());
      int index = line.size();
      int unsigned = random.nextInt();
      batch.ints(index).append(unsigned);
      line.add(Integer.toUnsignedLong(unsigned));
      add(
          batch,
          line,
          switch (random.nextInt(wild ? 5 : 100)) {
            case 0 -> Double.NaN;
            case 1 -> Double.NEGATIVE_INFINITY;
            case 2 -> -0.0;
            default -> random.nextGaussian();
          });
      add(batch, line, (double) random.nextInt(distinct));
      boolean flag = random.nextInt(3) == 0;
      batch.ints(line.size()).append(flag ? 1 : 0);
      line.add(flag);
      add(batch, line, text(random));
      add(batch, line, "exe" + target);
      addBinary(batch, line, binary(random, random.nextInt(40)));
      addBinary(batch, line, binary(random, 16));
      addValue(batch, line, constant);
      addValue(batch, line, "target::" + target);
      byte[] properties = new byte[target % 7];
      Arrays.fill(properties, (byte) target);
      batch.dictionary(line.size()).appendIndex(batch.dictionary(line.size()).intern(properties));
      line.add(HexFormat.of().withUpperCase().formatHex(properties));
      addValue(batch, line, text(random) + row);
      add(batch, line, "o" + random.nextInt(2));
      BytesListColumn tags = (BytesListColumn) batch.column(line.size());
      switch (random.nextInt(4)) {
        case 0 -> {
          tags.append(null);
          line.add(null);
        }
        case 1 -> {
          tags.append(List.of());
          line.add("[]");
        }
        case 2 -> {
          tags.append(List.of("log".getBytes(UTF_8)));
          line.add("[log]");
        }
        default -> {
          tags.append(List.of("cpu".getBytes(UTF_8), "metrics".getBytes(UTF_8)));
          line.add("[cpu, metrics]");
        }
      }
      if (random.nextInt(4) < nulls) {
        for (int column = line.size(); column < SCHEMA.getFields().size(); column++) {
          switch (batch.column(column)) {
            case DoubleColumn doubles -> doubles.appendNull();
            default -> batch.bytes(column).appendNull();
          }
          line.add(null);
        }
      } else {
        add(batch, line, "status" + random.nextInt(3));
        add(batch, line, text(random) + row);
        addBinary(batch, line, binary(random, 8));
        add(batch, line, random.nextGaussian());
        add(batch, line, (double) random.nextInt(3));
      }
      expected.add(line);
    }
    return batch;
  }

  private static void add(ColumnBatch batch, List<Object> line, long value) {
    ((LongColumn) batch.column(line.size())).append(value);
    line.add(value);
  }

  private static void add(ColumnBatch batch, List<Object> line, int value) {
    ((IntColumn) batch.column(line.size())).append(value);
    line.add(value);
  }

  private static void add(ColumnBatch batch, List<Object> line, double value) {
    ((DoubleColumn) batch.column(line.size())).append(value);
    line.add(value);
  }

  private static void add(ColumnBatch batch, List<Object> line, String value) {
    byte[] bytes = value.getBytes(UTF_8);
    ((BytesColumn) batch.column(line.size())).append(bytes, 0, bytes.length);
    line.add(value);
  }

  private static void addBinary(ColumnBatch batch, List<Object> line, byte[] bytes) {
    batch.bytes(line.size()).append(bytes, 0, bytes.length);
    line.add(HexFormat.of().withUpperCase().formatHex(bytes));
  }

  private static void addValue(ColumnBatch batch, List<Object> line, String value) {
    DictionaryColumn column = batch.dictionary(line.size());
    column.appendIndex(column.intern(value.getBytes(UTF_8)));
    line.add(value);
  }

  private static byte[] binary(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /// Empty, short, long, and with characters of one to four bytes.
  private static String text(Random random) {
    int length = random.nextInt(10) == 0 ? random.nextInt(200) : random.nextInt(12);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          switch (random.nextInt(8)) {
            case 0 -> 0xE9;
            case 1 -> 0x20AC;
            case 2 -> 0x1F600;
            default -> 'a' + random.nextInt(26);
          });
    }
    return text.toString();
  }

  private static Field field(String name, ArrowType type) {
    return new Field(name, FieldType.notNullable(type), null);
  }

  private static Field nullable(String name, ArrowType type) {
    return new Field(name, FieldType.nullable(type), null);
  }

  private static Field dictionary(String name, ArrowType type, long id) {
    return new Field(
        name, new FieldType(false, type, new DictionaryEncoding(id, false, null)), null);
  }
}
