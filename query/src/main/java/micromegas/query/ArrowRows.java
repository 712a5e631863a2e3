package micromegas.query;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import micromegas.common.Nanos;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.TimeStampNanoVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// Makes an [ArrowReader] from rows of Java objects; meant for listings, not for telemetry.
///
/// | column type | Java value |
/// |---|---|
/// | Utf8 | String |
/// | Binary, FixedSizeBinary | byte[] |
/// | integers | Integer, Long or any other Number |
/// | Float64 | Number |
/// | Boolean | Boolean |
/// | Timestamp(ns) | Instant, or Long nanoseconds |
/// | List | List of such values |
///
/// NULL is Java null in every type. A dictionary column takes its values and is given plainly.
public final class ArrowRows {
  private static final int BATCH_ROWS = 8_192;

  private ArrowRows() {}

  /// @param rows one array per row, with one value per field of `schema`; closed with the reader if
  ///   it is [AutoCloseable]
  /// @return a reader that takes rows from the iterator as it is read; batches of 8,192 rows
  /// @throws IllegalArgumentException when read, for a value that does not fit its column
  public static ArrowReader reader(
      Schema schema, Iterator<@Nullable Object[]> rows, BufferAllocator allocator) {
    return new RowReader(schema, rows, allocator);
  }

  private static final class RowReader extends ArrowReader {
    private final Schema schema;
    private final Iterator<@Nullable Object[]> rows;

    RowReader(Schema schema, Iterator<@Nullable Object[]> rows, BufferAllocator allocator) {
      super(allocator);
      this.schema = new Schema(schema.getFields().stream().map(ArrowRows::plain).toList());
      this.rows = rows;
    }

    @Override
    public boolean loadNextBatch() throws java.io.IOException {
      VectorSchemaRoot root = getVectorSchemaRoot();
      root.clear();
      int count = 0;
      while (count < BATCH_ROWS && rows.hasNext()) {
        @Nullable Object[] row = rows.next();
        for (int column = 0; column < row.length; column++) {
          set(root.getVector(column), count, row[column]);
        }
        count++;
      }
      root.setRowCount(count);
      return count > 0;
    }

    @Override
    public long bytesRead() {
      return 0;
    }

    @Override
    protected void closeReadSource() throws java.io.IOException {
      if (rows instanceof AutoCloseable closeable) {
        try {
          closeable.close();
        } catch (java.io.IOException | RuntimeException e) {
          throw e;
        } catch (Exception e) {
          throw new java.io.IOException(e);
        }
      }
    }

    @Override
    protected Schema readSchema() {
      return schema;
    }
  }

  private static Field plain(Field field) {
    return new Field(
        field.getName(),
        new FieldType(field.isNullable(), field.getType(), null),
        field.getChildren().stream().map(ArrowRows::plain).toList());
  }

  private static void set(FieldVector vector, int row, @Nullable Object value) {
    if (value == null) {
      vector.setNull(row);
      return;
    }
    switch (vector) {
      case VarCharVector text ->
          text.setSafe(row, ((String) value).getBytes(StandardCharsets.UTF_8));
      case VarBinaryVector binary -> binary.setSafe(row, (byte[]) value);
      case FixedSizeBinaryVector binary -> binary.setSafe(row, (byte[]) value);
      case Float8Vector number -> number.setSafe(row, ((Number) value).doubleValue());
      case BitVector flag -> flag.setSafe(row, ((Boolean) value) ? 1 : 0);
      case TimeStampNanoTZVector time -> time.setSafe(row, nanos(value));
      case TimeStampNanoVector time -> time.setSafe(row, nanos(value));
      case ListVector list -> setList(list, row, (List<?>) value);
      case BaseIntVector integer ->
          integer.setWithPossibleTruncate(reserve(vector, row), ((Number) value).longValue());
      default ->
          throw new IllegalArgumentException(
              "rows cannot be written to a column of type " + vector.getField().getType());
    }
  }

  private static int reserve(FieldVector vector, int row) {
    while (row >= vector.getValueCapacity()) {
      vector.reAlloc();
    }
    return row;
  }

  private static long nanos(Object value) {
    return value instanceof Instant instant ? Nanos.fromInstant(instant) : (Long) value;
  }

  private static void setList(ListVector list, int row, List<?> values) {
    FieldVector elements = list.getDataVector();
    int start = list.startNewValue(row);
    for (int i = 0; i < values.size(); i++) {
      set(elements, start + i, values.get(i));
    }
    list.endValue(row, values.size());
    elements.setValueCount(start + values.size());
  }
}
