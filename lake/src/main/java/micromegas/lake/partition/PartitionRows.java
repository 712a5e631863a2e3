package micromegas.lake.partition;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import micromegas.common.CorruptDataException;
import micromegas.lake.metadata.SqlTime;
import org.jspecify.annotations.Nullable;

/// Rows of `lakehouse_partitions` and their invariants, which hold for every row that is read or
/// written.
final class PartitionRows {
  static final String COLUMNS =
      """
      view_set_name, view_instance_id, begin_insert_time, end_insert_time, min_event_time,
      max_event_time, updated, file_path, file_size, file_schema_hash, source_data_hash, num_rows,
      partition_format_version, sort_order, max_sort_key_time\
      """;
  static final String INSERT =
      "INSERT INTO lakehouse_partitions (%s) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          .formatted(COLUMNS);

  private PartitionRows() {}

  /// @throws CorruptDataException when the row breaks an invariant
  static Partition read(ResultSet row) throws SQLException {
    Instant min = SqlTime.read(row, "min_event_time");
    Instant max = SqlTime.read(row, "max_event_time");
    String path = row.getString("file_path");
    long numRows = row.getLong("num_rows");
    Instant maxSortKey = SqlTime.read(row, "max_sort_key_time");
    Instant begin = SqlTime.read(row, "begin_insert_time");
    Instant end = SqlTime.read(row, "end_insert_time");
    byte[] schemaHash = row.getBytes("file_schema_hash");
    byte[] sourceHash = row.getBytes("source_data_hash");
    String viewSet = row.getString("view_set_name");
    String instance = row.getString("view_instance_id");
    String broken = null;
    if (viewSet == null || instance == null || begin == null || end == null) {
      broken = "identity or insert range missing";
    } else if (schemaHash == null || sourceHash == null) {
      broken = "hash missing";
    } else {
      broken = violation(min, max, path, numRows, maxSortKey);
    }
    if (broken != null
        || viewSet == null
        || instance == null
        || begin == null
        || end == null
        || schemaHash == null
        || sourceHash == null) {
      throw new CorruptDataException(
          "partition %s/%s [%s, %s) file %s: %s"
              .formatted(viewSet, instance, begin, end, path, broken));
    }
    return new Partition(
        viewSet,
        instance,
        begin,
        end,
        min == null || max == null
            ? Optional.empty()
            : Optional.of(new Partition.EventBounds(min, max)),
        SqlTime.readOrEpoch(row, "updated"),
        Optional.ofNullable(path),
        row.getLong("file_size"),
        schemaHash,
        sourceHash,
        numRows,
        row.getInt("partition_format_version"),
        Optional.ofNullable(strings(row.getArray("sort_order"))),
        Optional.ofNullable(maxSortKey));
  }

  /// @throws CorruptDataException when the reference would refuse to read the row
  static void check(Partition partition) {
    String broken =
        violation(
            partition.eventTime().map(Partition.EventBounds::min).orElse(null),
            partition.eventTime().map(Partition.EventBounds::max).orElse(null),
            partition.filePath().orElse(null),
            partition.numRows(),
            partition.maxSortKeyTime().orElse(null));
    if (broken == null && !partition.hasSourceCount()) {
      broken = "source_data_hash is not a count of 8 bytes";
    }
    if (broken == null && partition.filePath().isEmpty() && partition.fileSize() != 0) {
      broken = "a size without a file";
    }
    if (broken != null) {
      throw new CorruptDataException(describe(partition) + " cannot be written: " + broken);
    }
  }

  private static @Nullable String violation(
      @Nullable Instant min,
      @Nullable Instant max,
      @Nullable String path,
      long numRows,
      @Nullable Instant maxSortKey) {
    if (numRows < 0) {
      return "num_rows is " + numRows;
    }
    if ((min == null) != (max == null)) {
      return "only one of the event bounds is set";
    }
    boolean empty = numRows == 0;
    if (empty != (min == null)) {
      return empty ? "an event range without rows" : "rows without an event range";
    }
    if (empty != (path == null)) {
      return empty ? "a file without rows" : "rows without a file";
    }
    if (min == null && maxSortKey != null) {
      return "a maximum sort key without an event range";
    }
    return null;
  }

  static void bind(Connection connection, PreparedStatement insert, Partition partition)
      throws SQLException {
    insert.setString(1, partition.viewSet());
    insert.setString(2, partition.instanceId());
    insert.setObject(3, SqlTime.truncated(partition.beginInsertTime()));
    insert.setObject(4, SqlTime.truncated(partition.endInsertTime()));
    time(insert, 5, partition.eventTime().map(Partition.EventBounds::min));
    time(insert, 6, partition.eventTime().map(Partition.EventBounds::max));
    insert.setObject(7, SqlTime.truncated(partition.updated()));
    insert.setString(8, partition.filePath().orElse(null));
    insert.setLong(9, partition.fileSize());
    insert.setBytes(10, partition.schemaHash());
    insert.setBytes(11, partition.sourceHash());
    insert.setLong(12, partition.numRows());
    insert.setInt(13, partition.formatVersion());
    if (partition.sortOrder().isPresent()) {
      insert.setArray(14, connection.createArrayOf("text", partition.sortOrder().get().toArray()));
    } else {
      insert.setNull(14, Types.ARRAY);
    }
    time(insert, 15, partition.maxSortKeyTime());
  }

  private static void time(PreparedStatement insert, int index, Optional<Instant> time)
      throws SQLException {
    if (time.isPresent()) {
      insert.setObject(index, SqlTime.truncated(time.get()));
    } else {
      insert.setNull(index, Types.TIMESTAMP_WITH_TIMEZONE);
    }
  }

  private static @Nullable List<String> strings(@Nullable Array array) throws SQLException {
    if (array == null) {
      return null;
    }
    List<String> values = new ArrayList<>();
    for (Object value : (Object[]) array.getArray()) {
      values.add(String.valueOf(value));
    }
    return values;
  }

  static String describe(Partition partition) {
    return "partition %s/%s [%s, %s)"
        .formatted(
            partition.viewSet(),
            partition.instanceId(),
            partition.beginInsertTime(),
            partition.endInsertTime());
  }
}
