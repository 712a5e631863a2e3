package micromegas.lakehouse.maintenance;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import micromegas.common.UnavailableException;
import micromegas.lake.objects.ObjectStore;
import micromegas.lake.partition.PartitionStore;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/// Deletes what is too old, and what nobody refers to any more (`lakehouse.md` 12), in batches.
///
/// Objects go first and the rows that name them after: a crash in between leaves rows whose objects
/// are gone, which the next run deletes; the other way round objects would stay for ever. No
/// transaction is open while objects are deleted. Every batch can be repeated, also by two
/// processes at once. Thread-safe.
public final class Housekeeping {
  private static final String EXPIRED_BLOCKS =
      """
      SELECT block_id, process_id, stream_id FROM blocks
      WHERE insert_time < :horizon ORDER BY insert_time LIMIT :limit
      """;
  private static final String DELETE_BLOCKS = "DELETE FROM blocks WHERE block_id = ANY(:ids)";
  private static final String DELETE_BLOCK_ERRORS =
      "DELETE FROM micromegas_java.block_errors WHERE block_id = ANY(:ids)";
  private static final String DELETE_SPAN_REPAIRS =
      "DELETE FROM micromegas_java.span_repairs WHERE block_id = ANY(:ids)";
  private static final String DELETE_STREAMS =
      """
      DELETE FROM streams WHERE stream_id IN (
        SELECT s.stream_id FROM streams s
        WHERE s.insert_time <= :horizon
          AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.stream_id = s.stream_id)
        LIMIT :limit)
      """;
  private static final String DELETE_PROCESSES =
      """
      DELETE FROM processes WHERE process_id IN (
        SELECT p.process_id FROM processes p
        WHERE p.insert_time <= :horizon
          AND NOT EXISTS (SELECT 1 FROM streams s WHERE s.process_id = p.process_id)
        LIMIT :limit)
      """;
  private static final String EXPIRED_FILES =
      "SELECT file_path FROM temporary_files WHERE expiration < :now ORDER BY expiration LIMIT :limit";
  private static final String DELETE_TEMPORARY_FILES =
      "DELETE FROM temporary_files WHERE file_path = ANY(:ids) AND expiration < :now";
  private static final String OLD_UPLOADS =
      """
      SELECT u.file_path,
             EXISTS (SELECT 1 FROM lakehouse_partitions p WHERE p.file_path = u.file_path)
             OR EXISTS (SELECT 1 FROM temporary_files t WHERE t.file_path = u.file_path) AS known
      FROM micromegas_java.file_uploads u
      WHERE u.registered_at < :horizon ORDER BY u.registered_at LIMIT :limit
      """;
  private static final String END_UPLOADS =
      "DELETE FROM micromegas_java.file_uploads WHERE file_path = ANY(:ids)";

  private static final String DELETE_KEY_FILTERS =
      """
      DELETE FROM micromegas_java.key_filters WHERE file_path IN (
        SELECT f.file_path FROM micromegas_java.key_filters f
        WHERE f.created_at <= :horizon
          AND NOT EXISTS (SELECT 1 FROM lakehouse_partitions p WHERE p.file_path = f.file_path)
        LIMIT :limit)
      """;

  private final Jdbi jdbi;
  private final ObjectStore objects;
  private final PartitionStore partitions;
  private final MaintenanceSettings settings;

  public Housekeeping(
      DataSource dataSource,
      ObjectStore objects,
      PartitionStore partitions,
      MaintenanceSettings settings) {
    this.jdbi = Jdbi.create(dataSource);
    this.objects = objects;
    this.partitions = partitions;
    this.settings = settings;
  }

  /// All steps, in the order in which each finds the most to do.
  public List<HousekeepingStep> steps() {
    return List.of(
        step("expired blocks", now -> deleteBlocks(horizon(now))),
        step("expired streams", now -> deleteRows(DELETE_STREAMS, horizon(now))),
        step("expired processes", now -> deleteRows(DELETE_PROCESSES, horizon(now))),
        step(
            "expired partitions",
            // Their end is exclusive: a day that ends at the horizon has expired.
            now ->
                partitions.retireExpired(
                    horizon(now).plus(1, ChronoUnit.MICROS), settings.batchSize())),
        step("files of retired partitions", this::deleteTemporaryFiles),
        step("uploads without partition", now -> collectUploads(now.minus(settings.orphanAge()))),
        step(
            "key filters without partition",
            now -> deleteRows(DELETE_KEY_FILTERS, now.minus(settings.orphanAge()))));
  }

  /// The beginning of a day, in UTC: partitions hold a day at most, so that none of them loses a
  /// part of its source and has to be built again from the rest.
  private Instant horizon(Instant now) {
    return now.minus(settings.retention()).truncatedTo(ChronoUnit.DAYS);
  }

  private long deleteBlocks(Instant horizon) {
    List<ExpiredBlock> blocks =
        jdbi.withHandle(handle ->
            handle
                .createQuery(EXPIRED_BLOCKS)
                .bind("horizon", horizon.atOffset(ZoneOffset.UTC))
                .bind("limit", settings.batchSize())
                .map((row, context) -> ExpiredBlock.of(row))
                .list());
    for (ExpiredBlock block : blocks) {
      objects.delete(block.objectKey());
    }
    Object[] ids = blocks.stream().map(ExpiredBlock::blockId).toArray();
    if (ids.length > 0) {
      jdbi.useTransaction(handle -> {
        handle.createUpdate(DELETE_BLOCK_ERRORS).bindArray("ids", UUID.class, ids).execute();
        handle.createUpdate(DELETE_SPAN_REPAIRS).bindArray("ids", UUID.class, ids).execute();
        handle.createUpdate(DELETE_BLOCKS).bindArray("ids", UUID.class, ids).execute();
      });
    }
    return ids.length;
  }

  private long deleteRows(String sql, Instant horizon) {
    return jdbi.withHandle(handle ->
        handle
            .createUpdate(sql)
            .bind("horizon", horizon.atOffset(ZoneOffset.UTC))
            .bind("limit", settings.batchSize())
            .execute());
  }

  private long deleteTemporaryFiles(Instant now) {
    Instant micros = now.truncatedTo(ChronoUnit.MICROS);
    List<String> files =
        jdbi.withHandle(handle ->
            handle
                .createQuery(EXPIRED_FILES)
                .bind("now", micros.atOffset(ZoneOffset.UTC))
                .bind("limit", settings.batchSize())
                .mapTo(String.class)
                .list());
    files.forEach(objects::delete);
    if (!files.isEmpty()) {
      jdbi.useHandle(handle ->
          handle
              .createUpdate(DELETE_TEMPORARY_FILES)
              .bindArray("ids", String.class, files.toArray())
              .bind("now", micros.atOffset(ZoneOffset.UTC))
              .execute());
    }
    return files.size();
  }

  private long collectUploads(Instant horizon) {
    List<OldUpload> uploads =
        jdbi.withHandle(handle ->
            handle
                .createQuery(OLD_UPLOADS)
                .bind("horizon", horizon.atOffset(ZoneOffset.UTC))
                .bind("limit", settings.batchSize())
                .map((row, context) ->
                    new OldUpload(row.getString("file_path"), row.getBoolean("known")))
                .list());
    for (OldUpload upload : uploads) {
      if (!upload.known()) {
        objects.delete(upload.filePath());
      }
    }
    if (!uploads.isEmpty()) {
      jdbi.useHandle(handle -> endUploads(handle, uploads));
    }
    return uploads.size();
  }

  private static void endUploads(Handle handle, List<OldUpload> uploads) {
    Object[] paths = uploads.stream().map(OldUpload::filePath).toArray();
    handle.createUpdate(END_UPLOADS).bindArray("ids", String.class, paths).execute();
  }

  /// @param batch deletes one batch and says how many things it deleted
  private static HousekeepingStep step(String name, ToLongFunction<Instant> batch) {
    return new BatchedStep(name, batch);
  }

  private record BatchedStep(String name, ToLongFunction<Instant> batch)
      implements HousekeepingStep {
    /// Repeats the batch until it finds nothing, since a batch may delete fewer or more rows than
    /// its limit.
    @Override
    public long run(Instant now) {
      long total = 0;
      try {
        for (long deleted = batch.applyAsLong(now); deleted > 0; deleted = batch.applyAsLong(now)) {
          total += deleted;
          if (Thread.currentThread().isInterrupted()) {
            throw new UnavailableException("deleting " + name + " was interrupted");
          }
        }
        return total;
      } catch (JdbiException e) {
        throw new UnavailableException(
            "PostgreSQL could not delete " + name + ": " + e.getMessage(), e);
      }
    }
  }

  private record OldUpload(String filePath, boolean known) {}

  private record ExpiredBlock(UUID blockId, UUID processId, UUID streamId) {
    static ExpiredBlock of(ResultSet row) throws SQLException {
      return new ExpiredBlock(
          row.getObject("block_id", UUID.class),
          row.getObject("process_id", UUID.class),
          row.getObject("stream_id", UUID.class));
    }

    String objectKey() {
      return "blobs/" + processId + "/" + streamId + "/" + blockId;
    }
  }
}
