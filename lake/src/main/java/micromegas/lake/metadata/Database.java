package micromegas.lake.metadata;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.time.Duration;
import javax.sql.DataSource;
import micromegas.common.UnavailableException;

/// Pools of connections to a PostgreSQL whose schemas are up to date: one for ingestion, which
/// answers soon when PostgreSQL is away, one for everything else. Thread-safe.
public final class Database implements AutoCloseable {
  private final HikariDataSource dataSource;
  private final HikariDataSource ingestion;

  private Database(HikariDataSource dataSource, HikariDataSource ingestion) {
    this.dataSource = dataSource;
    this.ingestion = ingestion;
  }

  /// Connects, and migrates the schemas where needed.
  ///
  /// @throws UnavailableException when PostgreSQL does not answer
  /// @throws micromegas.common.ConflictException when the database is newer than this program
  public static Database open(ConnectionString connectionString, DatabaseSettings settings) {
    HikariDataSource dataSource = connect(connectionString, settings);
    try {
      SchemaMigrator migrator = new SchemaMigrator(dataSource, settings.migrationTimeout());
      migrator.migrate(Schemas.TELEMETRY);
      migrator.migrate(Schemas.LAKEHOUSE);
      migrator.migrate(Schemas.OWN);
      HikariConfig inserts = config(connectionString, settings);
      inserts.setPoolName("micromegas-ingestion");
      inserts.setMaximumPoolSize(settings.ingestionPoolSize());
      inserts.setMinimumIdle(0);
      inserts.setConnectionTimeout(settings.ingestionAcquireTimeout().toMillis());
      // Connects with the first insert.
      inserts.setInitializationFailTimeout(-1);
      return new Database(dataSource, new HikariDataSource(inserts));
    } catch (RuntimeException e) {
      dataSource.close();
      throw e;
    }
  }

  static HikariDataSource connect(ConnectionString connectionString, DatabaseSettings settings) {
    try {
      return new HikariDataSource(config(connectionString, settings));
    } catch (HikariPool.PoolInitializationException e) {
      throw new UnavailableException(
          "PostgreSQL does not answer at " + connectionString + ": " + rootMessage(e), e);
    }
  }

  private static HikariConfig config(ConnectionString connectionString, DatabaseSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("micromegas");
    config.setJdbcUrl(connectionString.jdbcUrl());
    connectionString.user().ifPresent(config::setUsername);
    connectionString.password().ifPresent(config::setPassword);
    config.setMaximumPoolSize(settings.poolSize());
    config.setMinimumIdle(Math.min(2, settings.poolSize()));
    config.setConnectionTimeout(settings.acquireTimeout().toMillis());
    config.setInitializationFailTimeout(Math.max(1, settings.connectTimeout().toMillis()));
    addDefault(config, "ApplicationName", "micromegas");
    addDefault(config, "connectTimeout", seconds(settings.connectTimeout()));
    addDefault(config, "socketTimeout", seconds(settings.socketTimeout()));
    addDefault(config, "tcpKeepAlive", "true");
    return config;
  }

  /// Values of the URL win over ours.
  private static void addDefault(HikariConfig config, String name, String value) {
    if (!config.getJdbcUrl().contains(name + "=")) {
      config.addDataSourceProperty(name, value);
    }
  }

  private static String seconds(Duration duration) {
    return Long.toString(duration.toSeconds());
  }

  private static String rootMessage(Throwable error) {
    Throwable root = error;
    for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return String.valueOf(root.getMessage());
  }

  public DataSource dataSource() {
    return dataSource;
  }

  /// Connections for inserts of telemetry only.
  public DataSource ingestion() {
    return ingestion;
  }

  @Override
  public void close() {
    ingestion.close();
    dataSource.close();
  }
}
