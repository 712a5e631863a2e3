package micromegas.lake.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import micromegas.lake.metadata.SqlErrors;
import micromegas.lake.metadata.SqlTime;
import micromegas.lake.metadata.Transactions;
import micromegas.lake.objects.ObjectStore;

/// The deletions of the hourly task, in the order in which they must run: blocks, streams,
/// processes, (partitions: [micromegas.lake.partition.PartitionStore#retireExpired]), temporary
/// files, lost uploads. Thread-safe.
///
/// Each method returns how many rows it deleted and throws [micromegas.common.UnavailableException]
/// when PostgreSQL or the object store fails; what was deleted before then stays deleted.
public final class LakeRetention {
  /// Rows per transaction.
  public static final int DEFAULT_BATCH = 1000;

  private final DataSource dataSource;
  private final ObjectStore objects;
  private final int batch;

  public LakeRetention(DataSource dataSource, ObjectStore objects) {
    this(dataSource, objects, DEFAULT_BATCH);
  }

  /// @param batch rows per transaction
  public LakeRetention(DataSource dataSource, ObjectStore objects, int batch) {
    this.dataSource = dataSource;
    this.objects = objects;
    this.batch = batch;
  }

  /// Deletes blocks with `insert_time <= horizon` and their payloads. The objects go before the
  /// commit: when that fails the rows come back, and the next run meets objects that are gone,
  /// which is harmless; the other order would leave payloads that nobody knows of.
  public long deleteBlocks(Instant horizon) {
    return inBatches(
        "delete expired blocks",
        """
        DELETE FROM blocks WHERE ctid = ANY(ARRAY(
          SELECT ctid FROM blocks WHERE insert_time <= ? LIMIT ? FOR UPDATE SKIP LOCKED))
        RETURNING process_id, stream_id, block_id
        """,
        horizon,
        row ->
            "blobs/"
                + row.getObject(1, UUID.class)
                + "/"
                + row.getObject(2, UUID.class)
                + "/"
                + row.getObject(3, UUID.class));
  }

  /// Deletes streams with `insert_time <= horizon` that have no block left.
  public long deleteStreams(Instant horizon) {
    return inBatches(
        "delete expired streams",
        """
        DELETE FROM streams WHERE ctid = ANY(ARRAY(
          SELECT s.ctid FROM streams s
          WHERE s.insert_time <= ?
            AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.stream_id = s.stream_id)
          LIMIT ? FOR UPDATE SKIP LOCKED))
        RETURNING stream_id
        """,
        horizon,
        row -> "");
  }

  /// Deletes processes with `insert_time <= horizon` that have no stream left.
  public long deleteProcesses(Instant horizon) {
    return inBatches(
        "delete expired processes",
        """
        DELETE FROM processes WHERE ctid = ANY(ARRAY(
          SELECT p.ctid FROM processes p
          WHERE p.insert_time <= ?
            AND NOT EXISTS (SELECT 1 FROM streams s WHERE s.process_id = p.process_id)
          LIMIT ? FOR UPDATE SKIP LOCKED))
        RETURNING process_id
        """,
        horizon,
        row -> "");
  }

  /// Deletes files whose hour of grace has passed.
  public long deleteTemporaryFiles(Instant now) {
    return inBatches(
        "delete expired files",
        """
        DELETE FROM temporary_files WHERE ctid = ANY(ARRAY(
          SELECT ctid FROM temporary_files WHERE expiration < ? LIMIT ? FOR UPDATE SKIP LOCKED))
        RETURNING coalesce(file_path, '')
        """,
        now,
        row -> row.getString(1));
  }

  /// Ends the registrations of uploads that began more than `age` before `now`, and deletes those
  /// files that no partition came to refer to. `age` must exceed the longest build of a partition.
  public long deleteLostUploads(Instant now, Duration age) {
    return inBatches(
        "delete lost uploads",
        """
        WITH lost AS (
          DELETE FROM micromegas_java.file_uploads WHERE file_path = ANY(ARRAY(
            SELECT file_path FROM micromegas_java.file_uploads
            WHERE registered_at < ? LIMIT ? FOR UPDATE SKIP LOCKED))
          RETURNING file_path)
        SELECT CASE WHEN EXISTS (
            SELECT 1 FROM lakehouse_partitions p WHERE p.file_path = lost.file_path)
          OR EXISTS (SELECT 1 FROM temporary_files t WHERE t.file_path = lost.file_path)
          THEN '' ELSE file_path END
        FROM lost
        """,
        now.minus(age),
        row -> row.getString(1));
  }

  @FunctionalInterface
  private interface KeyOf {
    /// Key of the object that goes with the row; empty for none.
    String read(ResultSet row) throws SQLException;
  }

  private long inBatches(String action, String sql, Instant horizon, KeyOf keyOf) {
    long total = 0;
    try {
      while (true) {
        int deleted =
            Transactions.run(dataSource, connection -> oneBatch(connection, sql, horizon, keyOf));
        total += deleted;
        if (deleted < batch || Thread.currentThread().isInterrupted()) {
          return total;
        }
      }
    } catch (SQLException e) {
      throw SqlErrors.translate(e, action);
    }
  }

  private int oneBatch(Connection connection, String sql, Instant horizon, KeyOf keyOf)
      throws SQLException {
    List<String> keys = new ArrayList<>();
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      delete.setObject(1, SqlTime.truncated(horizon));
      delete.setInt(2, batch);
      try (ResultSet rows = delete.executeQuery()) {
        while (rows.next()) {
          keys.add(keyOf.read(rows));
        }
      }
    }
    for (String key : keys) {
      if (!key.isEmpty()) {
        objects.delete(key);
      }
    }
    return keys.size();
  }
}
