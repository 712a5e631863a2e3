package micromegas.lake.partition;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import micromegas.common.ConflictException;
import micromegas.common.MicromegasException;
import micromegas.common.Nanos;
import micromegas.common.TimeRange;
import micromegas.lake.metadata.SqlErrors;
import micromegas.lake.metadata.SqlTime;
import micromegas.lake.metadata.Transactions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Partitions in PostgreSQL. Thread-safe.
///
/// Listings of one instance fail on a broken row of that instance only. [#snapshot] and [#listAll],
/// which see all views, leave broken rows out with a warning, so that one bad row stops nobody.
public final class PostgresPartitionStore implements PartitionStore {
  /// How long a retired file stays readable for queries that were planned before.
  public static final Duration GRACE = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(PostgresPartitionStore.class);

  private static final String SELECT =
      "SELECT " + PartitionRows.COLUMNS + " FROM lakehouse_partitions ";
  private static final String ORDER = " ORDER BY begin_insert_time, file_path";
  private static final String OF_INSTANCE = " WHERE view_set_name = ? AND view_instance_id = ?";
  private static final String DELETE = "DELETE FROM lakehouse_partitions ";
  private static final String RETURNING = " RETURNING " + PartitionRows.COLUMNS;

  private final DataSource dataSource;
  private final Clock clock;
  private final String owner;

  /// @param owner names this process in the registrations of uploads
  public PostgresPartitionStore(DataSource dataSource, Clock clock, String owner) {
    this.dataSource = dataSource;
    this.clock = clock;
    this.owner = owner;
  }

  @Override
  public List<Partition> listByEventTime(
      String viewSet, String instanceId, TimeRange range, byte[] schemaHash) {
    if (range.isAll()) {
      return list(
          SELECT + OF_INSTANCE + " AND file_schema_hash = ?" + ORDER,
          false,
          statement -> {
            statement.setString(1, viewSet);
            statement.setString(2, instanceId);
            statement.setBytes(3, schemaHash);
          });
    }
    return list(
        SELECT
            + OF_INSTANCE
            + " AND file_schema_hash = ? AND min_event_time <= ? AND max_event_time >= ?"
            + ORDER,
        false,
        statement -> {
          statement.setString(1, viewSet);
          statement.setString(2, instanceId);
          statement.setBytes(3, schemaHash);
          statement.setObject(4, SqlTime.truncated(Nanos.toInstant(range.endNanos())));
          // The reference truncates the maximum it stores, so look one microsecond further back.
          statement.setObject(5, SqlTime.truncated(Nanos.toInstant(range.beginNanos())));
        });
  }

  @Override
  public List<Partition> listByInsertTime(
      String viewSet, String instanceId, Instant begin, Instant end) {
    return list(
        SELECT + OF_INSTANCE + " AND begin_insert_time <= ? AND end_insert_time >= ?" + ORDER,
        false,
        statement -> {
          statement.setString(1, viewSet);
          statement.setString(2, instanceId);
          statement.setObject(3, SqlTime.truncated(end));
          statement.setObject(4, SqlTime.truncated(begin));
        });
  }

  @Override
  public List<Partition> snapshot(Instant begin, Instant end) {
    return list(
        SELECT + " WHERE begin_insert_time < ? AND end_insert_time > ?" + ORDER,
        true,
        statement -> {
          statement.setObject(1, SqlTime.truncated(end));
          statement.setObject(2, SqlTime.truncated(begin));
        });
  }

  @Override
  public List<Partition> listAll() {
    return list(SELECT + ORDER, true, statement -> {});
  }

  @Override
  public void registerUpload(String filePath) {
    update(
        """
        INSERT INTO micromegas_java.file_uploads (file_path, registered_at, owner)
        VALUES (?, ?, ?) ON CONFLICT (file_path) DO NOTHING
        """,
        "register upload " + filePath,
        statement -> {
          statement.setString(1, filePath);
          statement.setObject(2, SqlTime.truncated(clock.instant()));
          statement.setString(3, owner);
        });
  }

  @Override
  public void abandon(String filePath) {
    update(
        "DELETE FROM micromegas_java.file_uploads WHERE file_path = ?",
        "abandon upload " + filePath,
        statement -> statement.setString(1, filePath));
  }

  @Override
  public List<Partition> commit(Partition partition, RetireRule rule) {
    PartitionRows.check(partition);
    String action = "write " + PartitionRows.describe(partition);
    try {
      return Transactions.run(dataSource, connection -> replace(connection, partition, rule));
    } catch (SQLException e) {
      if (SqlErrors.EXCLUSION_VIOLATION.equals(e.getSQLState())) {
        throw new ConflictException(
            "new %s overlaps an existing partition that this write's retire step did not replace (%s)"
                .formatted(PartitionRows.describe(partition), rule),
            e);
      }
      // The connection broke, but the server may have committed before: the row tells. What the
      // statement retired is not known any more.
      if (SqlErrors.outcomeIsUnknown(e)
          && partition.filePath().isPresent()
          && isReferenced(partition.filePath().get())) {
        LOG.warn("{}: committed although the connection broke: {}", action, e.getMessage());
        return List.of();
      }
      throw SqlErrors.translate(e, action);
    }
  }

  private List<Partition> replace(Connection connection, Partition partition, RetireRule rule)
      throws SQLException {
    long key =
        PartitionLockKey.of(
            partition.viewSet(),
            partition.instanceId(),
            partition.beginInsertTime(),
            partition.endInsertTime());
    try (PreparedStatement lock = connection.prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
      lock.setLong(1, key);
      lock.execute();
    }
    List<Partition> retired =
        switch (rule) {
          case RetireRule.Containment containment ->
              retireInside(
                  connection,
                  partition.viewSet(),
                  partition.instanceId(),
                  partition.beginInsertTime(),
                  partition.endInsertTime());
          case RetireRule.Inputs inputs -> retireInputs(connection, partition, inputs);
          case RetireRule.Overlap overlap -> retireOverlapping(connection, partition, overlap);
        };
    try (PreparedStatement insert = connection.prepareStatement(PartitionRows.INSERT)) {
      PartitionRows.bind(connection, insert, partition);
      insert.executeUpdate();
    }
    if (partition.filePath().isPresent()) {
      try (PreparedStatement end =
          connection.prepareStatement(
              "DELETE FROM micromegas_java.file_uploads WHERE file_path = ?")) {
        end.setString(1, partition.filePath().get());
        end.executeUpdate();
      }
    }
    return retired;
  }

  private List<Partition> retireInside(
      Connection connection, String viewSet, String instanceId, Instant begin, Instant end)
      throws SQLException {
    boolean degenerate = begin.equals(end);
    String where =
        degenerate
            ? " AND begin_insert_time = ? AND end_insert_time = ?"
            : " AND begin_insert_time >= ? AND end_insert_time <= ?";
    return delete(
        connection,
        DELETE + OF_INSTANCE + where + RETURNING,
        statement -> {
          statement.setString(1, viewSet);
          statement.setString(2, instanceId);
          statement.setObject(3, SqlTime.truncated(begin));
          statement.setObject(4, SqlTime.truncated(end));
        });
  }

  /// Another writer of the range either commits before this delete looks, which shows here, or
  /// waits for our row locks and then finds our row in its way (the exclusion constraint), or adds
  /// a row where there was none, which our insert finds in its way.
  private List<Partition> retireInputs(
      Connection connection, Partition partition, RetireRule.Inputs rule) throws SQLException {
    List<Partition> retired =
        retireInside(
            connection,
            partition.viewSet(),
            partition.instanceId(),
            partition.beginInsertTime(),
            partition.endInsertTime());
    RetireRule.Inputs found =
        RetireRule.Inputs.of(
            retired.stream()
                .filter(row -> Arrays.equals(row.schemaHash(), partition.schemaHash()))
                .toList());
    if (!found.equals(rule)) {
      throw new ConflictException(
          "the inputs of %s changed while it was made: it was made of %d partitions, %d of them are left, %d others are there now"
              .formatted(
                  PartitionRows.describe(partition),
                  rule.inputs().size(),
                  rule.inputs().stream().filter(found.inputs()::contains).count(),
                  found.inputs().stream().filter(row -> !rule.inputs().contains(row)).count()));
    }
    return retired;
  }

  private List<Partition> retireOverlapping(
      Connection connection, Partition partition, RetireRule.Overlap rule) throws SQLException {
    String[] begins =
        rule.handled().stream().map(range -> SqlTime.text(range.begin())).toArray(String[]::new);
    String[] ends =
        rule.handled().stream().map(range -> SqlTime.text(range.end())).toArray(String[]::new);
    return delete(
        connection,
        DELETE
            + OF_INSTANCE
            + """
             AND begin_insert_time <= ? AND end_insert_time >= ?
             AND (begin_insert_time, end_insert_time) NOT IN (
               SELECT b, e FROM unnest(?::timestamptz[], ?::timestamptz[]) AS handled(b, e))
            """
            + RETURNING,
        statement -> {
          statement.setString(1, partition.viewSet());
          statement.setString(2, partition.instanceId());
          statement.setObject(3, SqlTime.truncated(partition.endInsertTime()));
          statement.setObject(4, SqlTime.truncated(partition.beginInsertTime()));
          statement.setArray(5, connection.createArrayOf("text", begins));
          statement.setArray(6, connection.createArrayOf("text", ends));
        });
  }

  @Override
  public List<Partition> retire(String viewSet, String instanceId, Instant begin, Instant end) {
    return transaction(
        "retire partitions of " + viewSet + "/" + instanceId,
        connection -> retireInside(connection, viewSet, instanceId, begin, end));
  }

  @Override
  public Optional<Partition> retireByFile(String filePath) {
    return transaction(
            "retire the partition with file " + filePath,
            connection ->
                delete(
                    connection,
                    DELETE + " WHERE file_path = ?" + RETURNING,
                    statement -> statement.setString(1, filePath)))
        .stream()
        .findFirst();
  }

  @Override
  public Optional<Partition> retireByMetadata(
      String viewSet, String instanceId, Instant begin, Instant end) {
    return transaction(
            "retire a partition of " + viewSet + "/" + instanceId,
            connection ->
                delete(
                    connection,
                    DELETE
                        + OF_INSTANCE
                        + " AND begin_insert_time = ? AND end_insert_time = ?"
                        + RETURNING,
                    statement -> {
                      statement.setString(1, viewSet);
                      statement.setString(2, instanceId);
                      statement.setObject(3, SqlTime.truncated(begin));
                      statement.setObject(4, SqlTime.truncated(end));
                    }))
        .stream()
        .findFirst();
  }

  @Override
  public int retireExpired(Instant horizon, int limit) {
    // Also for rows that break the invariants, so that retention gets rid of them.
    return transaction(
        "retire partitions that ended before " + horizon,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  """
                  WITH expired AS (
                    DELETE FROM lakehouse_partitions WHERE ctid = ANY(ARRAY(
                      SELECT ctid FROM lakehouse_partitions WHERE end_insert_time < ? LIMIT ?
                      FOR UPDATE SKIP LOCKED))
                    RETURNING file_path, file_size),
                  queued AS (
                    INSERT INTO temporary_files (file_path, file_size, expiration)
                    SELECT file_path, file_size, ?::timestamptz FROM expired
                    WHERE file_path IS NOT NULL)
                  SELECT count(*) FROM expired
                  """)) {
            statement.setObject(1, SqlTime.truncated(horizon));
            statement.setInt(2, limit);
            statement.setObject(3, SqlTime.truncated(clock.instant().plus(GRACE)));
            try (ResultSet row = statement.executeQuery()) {
              row.next();
              return row.getInt(1);
            }
          }
        });
  }

  /// Deletes rows and queues their files.
  private List<Partition> delete(Connection connection, String sql, Binder binder)
      throws SQLException {
    List<Partition> retired = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql);
        PreparedStatement queue =
            connection.prepareStatement(
                "INSERT INTO temporary_files (file_path, file_size, expiration) VALUES (?, ?, ?)")) {
      binder.bind(statement);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String path = rows.getString("file_path");
          if (path != null) {
            queue.setString(1, path);
            queue.setLong(2, rows.getLong("file_size"));
            queue.setObject(3, SqlTime.truncated(clock.instant().plus(GRACE)));
            queue.addBatch();
          }
          readLeniently(rows).ifPresent(retired::add);
        }
      }
      queue.executeBatch();
    }
    return retired;
  }

  private boolean isReferenced(String filePath) {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "SELECT 1 FROM lakehouse_partitions WHERE file_path = ? LIMIT 1")) {
      select.setString(1, filePath);
      try (ResultSet row = select.executeQuery()) {
        return row.next();
      }
    } catch (SQLException e) {
      throw SqlErrors.translate(e, "find out whether " + filePath + " was committed");
    }
  }

  @FunctionalInterface
  private interface Binder {
    void bind(PreparedStatement statement) throws SQLException;
  }

  private List<Partition> list(String sql, boolean lenient, Binder binder) {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      binder.bind(statement);
      List<Partition> partitions = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          if (lenient) {
            readLeniently(rows).ifPresent(partitions::add);
          } else {
            partitions.add(PartitionRows.read(rows));
          }
        }
      }
      return partitions;
    } catch (SQLException e) {
      throw SqlErrors.translate(e, "list partitions");
    }
  }

  private static Optional<Partition> readLeniently(ResultSet row) throws SQLException {
    try {
      return Optional.of(PartitionRows.read(row));
    } catch (MicromegasException e) {
      LOG.warn("left out a broken row: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private void update(String sql, String action, Binder binder) {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      binder.bind(statement);
      statement.executeUpdate();
    } catch (SQLException e) {
      throw SqlErrors.translate(e, action);
    }
  }

  private <R> R transaction(String action, Transactions.Work<R> work) {
    try {
      return Transactions.run(dataSource, work);
    } catch (SQLException e) {
      throw SqlErrors.translate(e, action);
    }
  }
}
