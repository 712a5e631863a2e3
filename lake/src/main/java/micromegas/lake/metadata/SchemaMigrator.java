package micromegas.lake.metadata;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import micromegas.common.ConflictException;
import micromegas.common.CorruptDataException;
import micromegas.common.UnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a schema to its latest version, once per database whoever else tries.
final class SchemaMigrator {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaMigrator.class);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final DataSource dataSource;
  private final Duration patience;

  SchemaMigrator(DataSource dataSource, Duration patience) {
    this.dataSource = dataSource;
    this.patience = patience;
  }

  void migrate(Schemas.Schema schema) {
    migrate(schema, schema.latestVersion());
  }

  /// Migrates up to `target` and no further.
  void migrate(Schemas.Schema schema, int target) {
    try (Connection lockHolder = dataSource.getConnection()) {
      if (checkedVersion(lockHolder, schema) >= target) {
        return;
      }
      lock(lockHolder, schema);
      try {
        // Another process may have migrated while we waited.
        int version = checkedVersion(lockHolder, schema);
        for (Schemas.Step step : schema.steps()) {
          if (step.version() > version && step.version() <= target) {
            run(schema, step);
          }
        }
      } finally {
        unlock(lockHolder, schema);
      }
    } catch (SQLException e) {
      throw SqlErrors.translate(e, "migrate the " + schema.name() + " schema");
    }
  }

  private void run(Schemas.Schema schema, Schemas.Step step) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      if (step.outside().isPresent()) {
        step.outside().get().run(connection);
      }
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        if (step.inside().isPresent()) {
          step.inside().get().run(connection);
        }
        statement.execute(step.script());
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
      LOG.info("migrated the {} schema to version {}", schema.name(), step.version());
    }
  }

  /// Takes the lock that the reference takes per transaction, but for the session: a transaction
  /// that stays open keeps a snapshot, for which the index build of a step would wait for ever. For
  /// the same reason it polls instead of waiting inside PostgreSQL.
  private void lock(Connection connection, Schemas.Schema schema) throws SQLException {
    long deadline = System.nanoTime() + patience.toNanos();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_try_advisory_lock(?)")) {
      statement.setLong(1, schema.lockKey());
      while (true) {
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          if (rows.getBoolean(1)) {
            return;
          }
        }
        if (System.nanoTime() > deadline) {
          throw new UnavailableException(
              "another process has been migrating the %s schema for more than %s"
                  .formatted(schema.name(), patience));
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
  }

  private static void unlock(Connection connection, Schemas.Schema schema) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_advisory_unlock(?)")) {
      statement.setLong(1, schema.lockKey());
      statement.execute();
    }
  }

  private static int checkedVersion(Connection connection, Schemas.Schema schema)
      throws SQLException {
    int version = version(connection, schema);
    if (version > schema.latestVersion()) {
      throw new ConflictException(
          """
          the %s schema of this database has version %d, but this program knows versions up to %d: \
          a newer program migrated it; upgrade this one\
          """
              .formatted(schema.name(), version, schema.latestVersion()));
    }
    return version;
  }

  /// 0 when there is no version table.
  static int version(Connection connection, Schemas.Schema schema) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT to_regclass('" + schema.versionTable() + "') IS NOT NULL")) {
        rows.next();
        if (!rows.getBoolean(1)) {
          return 0;
        }
      }
      try (ResultSet rows =
          statement.executeQuery("SELECT version FROM " + schema.versionTable())) {
        if (!rows.next()) {
          throw new CorruptDataException(
              "the table " + schema.versionTable() + " has no row, so the version is unknown");
        }
        return rows.getInt(1);
      }
    }
  }
}
