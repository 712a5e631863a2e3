package micromegas.lake.metadata;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.StringJoiner;
import micromegas.common.ConflictException;

/// The steps of the lakehouse schema that SQL text alone cannot express.
final class LakehouseMigrations {
  private static final int METADATA_ROWS_PER_FETCH = 1000;

  private LakehouseMigrations() {}

  /// Version 3: fills the new column from the Parquet footers, which the table still held then.
  static void fillRowCounts(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("ALTER TABLE lakehouse_partitions ADD COLUMN num_rows BIGINT");
    }
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT ctid::text, file_metadata FROM lakehouse_partitions");
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE lakehouse_partitions SET num_rows = ? WHERE ctid = ?::tid")) {
      select.setFetchSize(METADATA_ROWS_PER_FETCH);
      int pending = 0;
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          byte[] footer = rows.getBytes(2);
          update.setLong(1, footer == null ? 0 : ParquetFooter.numRows(footer).orElse(0));
          update.setString(2, rows.getString(1));
          update.addBatch();
          pending++;
          if (pending == METADATA_ROWS_PER_FETCH) {
            update.executeBatch();
            pending = 0;
          }
        }
      }
      update.executeBatch();
    }
  }

  /// Version 7: the exclusion constraint cannot be built over overlapping partitions; says which.
  static void refuseOverlaps(Connection connection) throws SQLException {
    StringJoiner overlaps = new StringJoiner("\n");
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION IF NOT EXISTS btree_gist");
      try (ResultSet rows =
          statement.executeQuery(
              """
              SELECT a.view_set_name, a.view_instance_id,
                     a.begin_insert_time, a.end_insert_time, a.file_path,
                     b.begin_insert_time, b.end_insert_time, b.file_path
              FROM lakehouse_partitions a
              JOIN lakehouse_partitions b
                ON a.view_set_name = b.view_set_name
               AND a.view_instance_id = b.view_instance_id
               AND a.file_schema_hash = b.file_schema_hash
               AND a.ctid < b.ctid
               AND tstzrange(a.begin_insert_time, a.end_insert_time)
                   && tstzrange(b.begin_insert_time, b.end_insert_time)
              LIMIT 20
              """)) {
        while (rows.next()) {
          overlaps.add(
              "%s/%s [%s, %s) %s overlaps [%s, %s) %s"
                  .formatted(
                      rows.getString(1),
                      rows.getString(2),
                      rows.getString(3),
                      rows.getString(4),
                      rows.getString(5),
                      rows.getString(6),
                      rows.getString(7),
                      rows.getString(8)));
        }
      }
    }
    if (overlaps.length() > 0) {
      throw new ConflictException(
          "the lakehouse schema cannot be migrated to version 7 while partitions overlap; retire one"
              + " of each pair (at most 20 are listed):\n"
              + overlaps);
    }
  }
}
