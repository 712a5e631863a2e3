package micromegas.lakehouse.source;

import java.sql.Array;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
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

  /// The same for all tags at once; a stream without tags is in none.
  private static final String COUNT_ALL_TAGS =
      """
      SELECT width_bucket(b.insert_time, CAST(:boundaries AS timestamptz[])) AS interval, s.tags,
             s.stream_id IS NOT NULL AND p.process_id IS NOT NULL AS registered,
             count(*) AS blocks, coalesce(sum(b.nb_objects), 0)::bigint AS objects
      FROM blocks b
      LEFT JOIN streams s ON s.stream_id = b.stream_id
      LEFT JOIN processes p ON p.process_id = b.process_id
      WHERE b.insert_time >= :begin AND b.insert_time < :end
      GROUP BY 1, 2, 3
      """;

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
  private final HourCounts known = new HourCounts();

  public BlockCounter(DataSource dataSource) {
    this.jdbi = Jdbi.create(dataSource);
  }

  /// Blocks per interval.
  ///
  /// @param boundaries ascending, at least two
  /// @param resting hours that end by then can no longer change: they are counted once for all
  ///   views and remembered; [Instant#MIN] to count everything now
  public IntervalCounts blockRows(List<Instant> boundaries, Instant resting) {
    return Rows.call(
        "count blocks",
        () -> jdbi.withHandle(handle -> count(handle, boundaries, Optional.empty(), resting)));
  }

  /// Objects of the blocks whose stream has the tag, per interval.
  ///
  /// @param boundaries ascending, at least two
  /// @param decoders view sets that decode these blocks; their failures are told apart
  /// @param resting as in [#blockRows]
  public IntervalCounts taggedObjects(
      List<Instant> boundaries, String tag, List<DecoderVersions> decoders, Instant resting) {
    return Rows.call(
        "count the objects of blocks",
        () ->
            jdbi.withHandle(handle -> {
              IntervalCounts counts = count(handle, boundaries, Optional.of(tag), resting);
              for (DecoderVersions decoder : decoders) {
                errors(handle, boundaries, decoder, counts);
              }
              return counts;
            }));
  }

  private IntervalCounts count(
      Handle handle, List<Instant> boundaries, Optional<String> tag, Instant resting) {
    IntervalCounts counts = IntervalCounts.zero(boundaries.size() - 1);
    int first = boundaries.size();
    int last = -1;
    boolean learns = false;
    for (int i = 0; i + 1 < boundaries.size(); i++) {
      boolean rests = HourCounts.isRestingHour(boundaries.get(i), boundaries.get(i + 1), resting);
      Optional<HourCounts.Hour> hour = rests ? known.find(boundaries.get(i)) : Optional.empty();
      if (hour.isPresent()) {
        fill(counts, i, hour.get(), tag);
      } else {
        first = Math.min(first, i);
        last = i;
        learns |= rests;
      }
    }
    if (last < 0) {
      return counts;
    }
    List<Instant> missing = boundaries.subList(first, last + 2);
    if (learns) {
      learn(handle, missing, first, tag, resting, counts);
    } else {
      countTag(handle, missing, first, tag, counts);
    }
    return counts;
  }

  private static void fill(
      IntervalCounts counts, int interval, HourCounts.Hour hour, Optional<String> tag) {
    counts.objects()[interval] = tag.isPresent() ? hour.objects(tag.get()) : hour.blocks();
  }

  /// Counts for all views, and remembers what can no longer change.
  ///
  /// @param first interval at which `boundaries` begin
  private void learn(
      Handle handle,
      List<Instant> boundaries,
      int first,
      Optional<String> tag,
      Instant resting,
      IntervalCounts counts) {
    List<HourCounts.Sum> sums = new ArrayList<>();
    for (int i = 0; i + 1 < boundaries.size(); i++) {
      sums.add(new HourCounts.Sum());
    }
    window(handle.createQuery(COUNT_ALL_TAGS), boundaries)
        .map((row, context) -> {
          HourCounts.Sum sum = sums.get(row.getInt("interval") - 1);
          if (!row.getBoolean("registered")) {
            sum.unregistered += row.getLong("blocks");
            return true;
          }
          sum.blocks += row.getLong("blocks");
          long objects = row.getLong("objects");
          Array tags = row.getArray("tags");
          if (tags != null) {
            for (Object each : new HashSet<>(Arrays.asList((Object[]) tags.getArray()))) {
              sum.objectsByTag.merge(String.valueOf(each), objects, Long::sum);
            }
          }
          return true;
        })
        .list();
    for (int i = 0; i < sums.size(); i++) {
      HourCounts.Sum sum = sums.get(i);
      HourCounts.Hour hour = sum.hour();
      fill(counts, first + i, hour, tag);
      counts.unregistered()[first + i] = sum.unregistered;
      if (sum.unregistered == 0
          && HourCounts.isRestingHour(boundaries.get(i), boundaries.get(i + 1), resting)) {
        known.keep(boundaries.get(i), hour);
      }
    }
  }

  private static void countTag(
      Handle handle,
      List<Instant> boundaries,
      int first,
      Optional<String> tag,
      IntervalCounts counts) {
    Query query =
        window(handle.createQuery(COUNT + (tag.isPresent() ? TAGGED : "") + GROUP), boundaries);
    tag.ifPresent(value -> query.bind("tag", value));
    query
        .map((row, context) -> {
          int interval = first + row.getInt("interval") - 1;
          counts.objects()[interval] = row.getLong(tag.isPresent() ? "objects" : "blocks");
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
