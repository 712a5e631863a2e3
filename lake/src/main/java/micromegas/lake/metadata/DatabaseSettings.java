package micromegas.lake.metadata;

import java.time.Duration;

/// How we hold connections to PostgreSQL.
///
/// @param poolSize most connections of this process, those of ingestion apart
/// @param acquireTimeout longest wait for a free connection
/// @param connectTimeout longest wait for PostgreSQL to accept a connection
/// @param socketTimeout longest silence of PostgreSQL while we wait for an answer; zero for no
///   limit
/// @param migrationTimeout longest wait for another process that migrates the schema
/// @param ingestionPoolSize most connections for inserts, which queries cannot take away
/// @param ingestionAcquireTimeout longest wait of an insert for a connection; a queued insert may
///   wait twice as long. Clients give up an attempt after 10 s
/// @param insertBatchRows most block rows in one statement
/// @param insertBatchesInFlight block statements that may run at the same time
/// @param insertLag by how much the insert time of a block may lie before PostgreSQL's clock when
///   its row is written; an older one is moved there, so that readers know when an hour has come to
///   rest
public record DatabaseSettings(
    int poolSize,
    Duration acquireTimeout,
    Duration connectTimeout,
    Duration socketTimeout,
    Duration migrationTimeout,
    int ingestionPoolSize,
    Duration ingestionAcquireTimeout,
    int insertBatchRows,
    int insertBatchesInFlight,
    Duration insertLag) {

  public static final DatabaseSettings DEFAULT =
      new DatabaseSettings(
          20,
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ZERO,
          Duration.ofMinutes(10),
          4,
          Duration.ofSeconds(4),
          500,
          2,
          Duration.ofMinutes(5));

  public DatabaseSettings withPoolSize(int size) {
    return new DatabaseSettings(
        size,
        acquireTimeout,
        connectTimeout,
        socketTimeout,
        migrationTimeout,
        ingestionPoolSize,
        ingestionAcquireTimeout,
        insertBatchRows,
        insertBatchesInFlight,
        insertLag);
  }

  public DatabaseSettings withIngestionAcquireTimeout(Duration timeout) {
    return new DatabaseSettings(
        poolSize,
        acquireTimeout,
        connectTimeout,
        socketTimeout,
        migrationTimeout,
        ingestionPoolSize,
        timeout,
        insertBatchRows,
        insertBatchesInFlight,
        insertLag);
  }

  public DatabaseSettings withInsertLag(Duration lag) {
    return new DatabaseSettings(
        poolSize,
        acquireTimeout,
        connectTimeout,
        socketTimeout,
        migrationTimeout,
        ingestionPoolSize,
        ingestionAcquireTimeout,
        insertBatchRows,
        insertBatchesInFlight,
        lag);
  }
}
