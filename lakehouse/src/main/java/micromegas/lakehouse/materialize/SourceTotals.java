package micromegas.lakehouse.materialize;

import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/// Counts source objects in PostgreSQL, for one slice of insert time. A block counts once its
/// stream and its process are there, as in the view set `blocks`. Thread-safe.
///
/// Methods throw [micromegas.common.UnavailableException] when PostgreSQL does not answer.
public final class SourceTotals {
  private static final String JOINED =
      """
      FROM blocks b
      JOIN streams s ON s.stream_id = b.stream_id
      JOIN processes p ON p.process_id = b.process_id
      WHERE b.insert_time >= :begin AND b.insert_time < :end
      """;
  private static final String COUNT_BLOCKS = "SELECT count(*) " + JOINED;
  private static final String SUM_OBJECTS =
      "SELECT coalesce(sum(b.nb_objects), 0)::bigint " + JOINED + " AND :tag = ANY(s.tags)";
  private static final String ANY_BLOCK =
      "SELECT EXISTS (SELECT 1 FROM blocks WHERE insert_time >= :begin AND insert_time < :end)";

  private final Jdbi jdbi;

  public SourceTotals(DataSource dataSource) {
    this.jdbi = Jdbi.create(dataSource);
  }

  /// Rows of the view set `blocks`.
  public long blockRows(InsertSlice slice) {
    return Postgres.call(
        "count blocks",
        () ->
            jdbi.withHandle(handle ->
                handle
                    .createQuery(COUNT_BLOCKS)
                    .bind("begin", slice.begin().atOffset(ZoneOffset.UTC))
                    .bind("end", slice.end().atOffset(ZoneOffset.UTC))
                    .mapTo(Long.class)
                    .one()));
  }

  /// Objects of all blocks whose stream has the tag.
  public long taggedObjects(InsertSlice slice, String tag) {
    return Postgres.call(
        "count the objects of blocks",
        () ->
            jdbi.withHandle(handle ->
                handle
                    .createQuery(SUM_OBJECTS)
                    .bind("begin", slice.begin().atOffset(ZoneOffset.UTC))
                    .bind("end", slice.end().atOffset(ZoneOffset.UTC))
                    .bind("tag", tag)
                    .mapTo(Long.class)
                    .one()));
  }

  /// Whether any block was inserted in the slice.
  public boolean anyBlock(InsertSlice slice) {
    return Postgres.call(
        "look for blocks",
        () ->
            jdbi.withHandle(handle ->
                handle
                    .createQuery(ANY_BLOCK)
                    .bind("begin", slice.begin().atOffset(ZoneOffset.UTC))
                    .bind("end", slice.end().atOffset(ZoneOffset.UTC))
                    .mapTo(Boolean.class)
                    .one()));
  }
}
