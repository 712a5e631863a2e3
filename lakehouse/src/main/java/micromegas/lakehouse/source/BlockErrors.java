package micromegas.lakehouse.source;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import micromegas.lake.StoredBlock;
import micromegas.lakehouse.materialize.BlockErrorSink;
import micromegas.lakehouse.materialize.InsertSlice;
import org.jdbi.v3.core.Jdbi;

/// The list of blocks that could not be decoded. Thread-safe.
///
/// Methods throw [micromegas.common.UnavailableException] when PostgreSQL does not answer.
public final class BlockErrors implements BlockErrorSink {
  /// Characters of an error text that are kept.
  public static final int MAX_ERROR_LENGTH = 2_000;

  private static final String RECORD =
      """
      INSERT INTO micromegas_java.block_errors (
        view_set, block_id, process_id, stream_id, insert_time, nb_objects, decoder_version, error,
        first_seen, last_seen, attempts)
      VALUES (:viewSet, :block, :process, :stream, :insertTime, :objects, :version, :error,
        :now, :now, 1)
      ON CONFLICT (view_set, block_id) DO UPDATE SET
        decoder_version = excluded.decoder_version,
        error = excluded.error,
        last_seen = excluded.last_seen,
        attempts = micromegas_java.block_errors.attempts + 1
      """;
  private static final String FORGET =
      "DELETE FROM micromegas_java.block_errors WHERE view_set = :viewSet AND block_id = ANY(:blocks)";
  private static final String SELECT =
      """
      SELECT view_set, block_id, process_id, stream_id, insert_time, nb_objects, decoder_version,
             error, first_seen, last_seen, attempts
      FROM micromegas_java.block_errors
      """;
  private static final String ORDER = " ORDER BY view_set, insert_time, block_id";
  private static final String OF_SLICE =
      " WHERE view_set = :viewSet AND insert_time >= :begin AND insert_time < :end";

  private final Jdbi jdbi;
  private final Clock clock;

  public BlockErrors(DataSource dataSource, Clock clock) {
    this.jdbi = Jdbi.create(dataSource);
    this.clock = clock;
  }

  /// Records that the decoder of `viewSet` failed on `block`.
  @Override
  public void record(String viewSet, StoredBlock block, int decoderVersion, String error) {
    // PostgreSQL keeps no NUL in text, and a corrupt block may well quote one.
    String text = error.replace('\0', '\uFFFD');
    Rows.call(
        "record a block error",
        () ->
            jdbi.withHandle(handle ->
                handle
                    .createUpdate(RECORD)
                    .bind("viewSet", viewSet)
                    .bind("block", block.info().blockId())
                    .bind("process", block.info().processId())
                    .bind("stream", block.info().streamId())
                    .bind("insertTime", Rows.timestamp(block.insertTime()))
                    .bind("objects", block.info().nbObjects())
                    .bind("version", decoderVersion)
                    .bind("error", text.substring(0, Math.min(text.length(), MAX_ERROR_LENGTH)))
                    .bind("now", Rows.timestamp(clock.instant()))
                    .execute()));
  }

  /// Forgets blocks that could be decoded after all.
  ///
  /// @return how many had been recorded
  @Override
  public int forget(String viewSet, Collection<UUID> blockIds) {
    if (blockIds.isEmpty()) {
      return 0;
    }
    return Rows.call(
        "forget block errors",
        () ->
            jdbi.withHandle(handle ->
                handle
                    .createUpdate(FORGET)
                    .bind("viewSet", viewSet)
                    .bindArray("blocks", UUID.class, blockIds.toArray())
                    .execute()));
  }

  /// The undecodable blocks that were inserted in a slice.
  public List<BlockError> list(String viewSet, InsertSlice slice) {
    return Rows.call(
        "list block errors",
        () ->
            jdbi.withHandle(handle ->
                handle
                    .createQuery(SELECT + OF_SLICE + ORDER)
                    .bind("viewSet", viewSet)
                    .bind("begin", Rows.timestamp(slice.begin()))
                    .bind("end", Rows.timestamp(slice.end()))
                    .map((row, context) -> blockError(row))
                    .list()));
  }

  /// Every undecodable block.
  public List<BlockError> listAll() {
    return Rows.call(
        "list block errors",
        () ->
            jdbi.withHandle(handle ->
                handle.createQuery(SELECT + ORDER).map((row, context) -> blockError(row)).list()));
  }

  private static BlockError blockError(ResultSet row) throws SQLException {
    return new BlockError(
        row.getString("view_set"),
        row.getObject("block_id", UUID.class),
        row.getObject("process_id", UUID.class),
        row.getObject("stream_id", UUID.class),
        Rows.instant(row, "insert_time"),
        row.getInt("nb_objects"),
        row.getInt("decoder_version"),
        row.getString("error"),
        Rows.instant(row, "first_seen"),
        Rows.instant(row, "last_seen"),
        row.getInt("attempts"));
  }
}
