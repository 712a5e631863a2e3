package micromegas.lakehouse.columns;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// Rows of one view set, as columns, and the bounds of their event times. Not thread-safe.
public final class ColumnBatch {
  private final Schema schema;
  private final List<Column> columns;
  private long minEventNanos = Long.MAX_VALUE;
  private long maxEventNanos = Long.MIN_VALUE;

  public ColumnBatch(Schema schema) {
    this.schema = schema;
    List<Column> made = new ArrayList<>();
    for (Field field : schema.getFields()) {
      made.add(columnFor(field));
    }
    this.columns = List.copyOf(made);
  }

  public Schema schema() {
    return schema;
  }

  public int rows() {
    return columns.getFirst().size();
  }

  public Column column(int index) {
    return columns.get(index);
  }

  public LongColumn longs(int index) {
    return (LongColumn) columns.get(index);
  }

  public IntColumn ints(int index) {
    return (IntColumn) columns.get(index);
  }

  public DoubleColumn doubles(int index) {
    return (DoubleColumn) columns.get(index);
  }

  public BytesColumn bytes(int index) {
    return (BytesColumn) columns.get(index);
  }

  public DictionaryColumn dictionary(int index) {
    return (DictionaryColumn) columns.get(index);
  }

  /// Widens the event-time bounds by the values of a column from row `from` on.
  public void widenBy(LongColumn times, int from) {
    long[] nanos = times.values();
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int row = from; row < times.size(); row++) {
      min = Math.min(min, nanos[row]);
      max = Math.max(max, nanos[row]);
    }
    widen(min, max);
  }

  /// Widens the event-time bounds; call it for every row, or once per block with the block's true
  /// extremes.
  public void widen(long minNanos, long maxNanos) {
    minEventNanos = Math.min(minEventNanos, minNanos);
    maxEventNanos = Math.max(maxEventNanos, maxNanos);
  }

  /// Smallest event time; `Long.MAX_VALUE` without rows.
  public long minEventNanos() {
    return minEventNanos;
  }

  /// Largest event time; `Long.MIN_VALUE` without rows.
  public long maxEventNanos() {
    return maxEventNanos;
  }

  /// What [#rollback] needs to know.
  public Mark mark() {
    return new Mark(rows(), minEventNanos, maxEventNanos);
  }

  /// Drops every row appended since `mark`.
  public void rollback(Mark mark) {
    columns.forEach(column -> column.truncate(mark.rows()));
    minEventNanos = mark.minEventNanos();
    maxEventNanos = mark.maxEventNanos();
  }

  /// Drops every row and keeps the memory for the next ones.
  public void clear() {
    columns.forEach(Column::clear);
    minEventNanos = Long.MAX_VALUE;
    maxEventNanos = Long.MIN_VALUE;
  }

  /// Bytes that the rows take in memory: numbers and indices, text and binary values, dictionaries.
  public long bytes() {
    long bytes = 0;
    for (Column column : columns) {
      bytes +=
          switch (column) {
            case LongColumn c -> (long) c.size() * Long.BYTES;
            case IntColumn c -> (long) c.size() * Integer.BYTES;
            case DoubleColumn c -> (long) c.size() * Double.BYTES;
            case BytesColumn c -> (long) c.size() * Integer.BYTES + c.bytes();
            case DictionaryColumn c -> (long) c.size() * Integer.BYTES + c.dictionary().bytes();
            case BytesListColumn c -> (long) c.size() * Integer.BYTES + c.bytes();
          };
    }
    return bytes;
  }

  public record Mark(int rows, long minEventNanos, long maxEventNanos) {}

  private static Column columnFor(Field field) {
    if (field.getDictionary() != null) {
      return new DictionaryColumn();
    }
    return switch (field.getType()) {
      case ArrowType.Timestamp t -> new LongColumn();
      case ArrowType.Int t -> t.getBitWidth() == 64 ? new LongColumn() : new IntColumn();
      case ArrowType.FloatingPoint f -> new DoubleColumn();
      case ArrowType.Utf8 u -> new BytesColumn();
      case ArrowType.Binary b -> new BytesColumn();
      case ArrowType.FixedSizeBinary b -> new BytesColumn();
      case ArrowType.Bool b -> new IntColumn();
      case ArrowType.List l -> new BytesListColumn();
      default -> throw new IllegalArgumentException("no column for " + field);
    };
  }
}
