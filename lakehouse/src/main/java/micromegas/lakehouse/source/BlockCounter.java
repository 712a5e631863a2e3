package micromegas.lakehouse.source;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/// Counts source objects per elementary interval of insert time, in one pass over the blocks of the
/// whole window. Thread-safe.
///
/// Methods throw [micromegas.common.UnavailableException] when PostgreSQL does not answer.
public final class BlockCounter {
  private static final String COUNT =
      """
      SELECT width_bucket(b.insert_time, CAST(:boundaries AS timestamptz[])) AS interval,
             count(*) FILTER (WHERE s.stream_id IS NOT NULL AND p.process_id IS NOT NULL) AS blocks,
             coalesce(sum(b.nb_objects)
               FILTER (WHERE s.stream_id IS NOT NULL AND p.process_id IS NOT NULL), 0)::bigint
               AS objects,
             count(*) FILTER (WHERE s.stream_id IS NULL OR p.process_id IS NULL) AS unregistered
      FROM blocks b
      LEFT JOIN streams s ON s.stream_id = b.stream_id
      LEFT JOIN processes p ON p.process_id = b.process_id
      WHERE b.insert_time >= :begin AND b.insert_time < :end
      """;
  private static final String TAGGED = " AND (:tag = ANY(s.tags) OR s.stream_id IS NULL)";
  private static final String GROUP = " GROUP BY 1";

  private static final String ERRORS =
      """
      SELECT width_bucket(b.insert_time, CAST(:boundaries AS timestamptz[])) AS interval,
             coalesce(sum(b.nb_objects) FILTER (WHERE d.version IS NOT NULL), 0)::bigint AS current,
             coalesce(sum(b.nb_objects) FILTER (WHERE d.version IS NULL), 0)::bigint AS older
      FROM micromegas_java.block_errors e
      JOIN blocks b ON b.block_id = e.block_id
      JOIN streams s ON s.stream_id = b.stream_id
      JOIN processes p ON p.process_id = b.process_id
      LEFT JOIN unnest(:formats, :versions) AS d(format, version)
        ON d.format = s.format AND d.version = e.decoder_version
      WHERE e.view_set = :viewSet AND e.insert_time >= :begin AND e.insert_time < :end
      GROUP BY 1
      """;

  private final Jdbi jdbi;

  public BlockCounter(DataSource dataSource) {
    this.jdbi = Jdbi.create(dataSource);
  }

  /// Blocks per interval.
  ///
  /// @param boundaries ascending, at least two
  public IntervalCounts blockRows(List<Instant> boundaries) {
    IntervalCounts counts = IntervalCounts.zero(boundaries.size() - 1);
    return Rows.call(
        "count blocks",
        () ->
            jdbi.withHandle(handle -> {
              count(handle, boundaries, Optional.empty(), "blocks", counts);
              return counts;
            }));
  }

  /// Objects of the blocks whose stream has the tag, per interval.
  ///
  /// @param boundaries ascending, at least two
  /// @param decoders view sets that decode these blocks; their failures are told apart
  public IntervalCounts taggedObjects(
      List<Instant> boundaries, String tag, List<DecoderVersions> decoders) {
    IntervalCounts counts = IntervalCounts.zero(boundaries.size() - 1);
    return Rows.call(
        "count the objects of blocks",
        () ->
            jdbi.withHandle(handle -> {
              count(handle, boundaries, Optional.of(tag), "objects", counts);
              for (DecoderVersions decoder : decoders) {
                errors(handle, boundaries, decoder, counts);
              }
              return counts;
            }));
  }

  private static void count(
      Handle handle,
      List<Instant> boundaries,
      Optional<String> tag,
      String column,
      IntervalCounts counts) {
    String sql = COUNT + (tag.isPresent() ? TAGGED : "") + GROUP;
    Query query = window(handle.createQuery(sql), boundaries);
    tag.ifPresent(value -> query.bind("tag", value));
    query
        .map((row, context) -> {
          int interval = row.getInt("interval") - 1;
          counts.objects()[interval] = row.getLong(column);
          counts.unregistered()[interval] = row.getLong("unregistered");
          return true;
        })
        .list();
  }

  private static void errors(
      Handle handle, List<Instant> boundaries, DecoderVersions decoder, IntervalCounts counts) {
    window(handle.createQuery(ERRORS), boundaries)
        .bind("viewSet", decoder.viewSet())
        .bindArray("formats", String.class, (Object[]) decoder.formats())
        .bindArray("versions", Integer.class, (Object[]) decoder.versions())
        .map((row, context) -> {
          int interval = row.getInt("interval") - 1;
          counts.undecodable()[interval] += row.getLong("current");
          counts.outdated()[interval] += row.getLong("older");
          return true;
        })
        .list();
  }

  private static Query window(Query query, List<Instant> boundaries) {
    Object[] times = boundaries.stream().map(time -> Rows.timestamp(time).toString()).toArray();
    return query
        .bindArray("boundaries", String.class, times)
        .bind("begin", Rows.timestamp(boundaries.getFirst()))
        .bind("end", Rows.timestamp(boundaries.getLast()));
  }
}
