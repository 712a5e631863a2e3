package micromegas.lakehouse.source;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import micromegas.common.Nanos;
import micromegas.common.TimeRange;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;

/// Says when the blocks of interest were inserted. Thread-safe.
///
/// Methods throw [micromegas.common.UnavailableException] when PostgreSQL does not answer.
public final class InsertWindows {
  /// The snapshot ends after the last number that has ended; `age` says how many more were given
  /// out.
  private static final String STATE =
      """
      SELECT (SELECT min(insert_time) FROM blocks) AS first_insert,
             (SELECT max(insert_time) FROM blocks) AS last_insert,
             statement_timestamp() AS now,
             pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_running,
             pg_snapshot_xmax(pg_current_snapshot())::text::bigint
               + age(pg_snapshot_xmax(pg_current_snapshot())::xid) AS next
      """;

  private static final String SELECT_HOURS =
      """
      SELECT DISTINCT date_trunc('hour', b.insert_time, 'UTC') AS hour
      FROM blocks b
      JOIN streams s ON s.stream_id = b.stream_id
      WHERE b.insert_time >= :begin AND b.insert_time < :end
      """;
  private static final String MEETS_EVENT_TIME =
      " AND b.begin_time <= :lastEvent AND b.end_time >= :firstEvent";
  private static final String TAGGED = " AND :tag = ANY(s.tags)";
  private static final String OF_PROCESSES = " AND s.process_id = ANY(:processes)";
  private static final String OF_STREAMS = " AND b.stream_id = ANY(:streams)";
  private static final String ORDER = " ORDER BY 1";
  private static final String SELECT_TOTALS =
      """
      SELECT date_trunc('hour', b.insert_time, 'UTC') AS hour, count(*) AS blocks,
             coalesce(sum(b.nb_objects), 0)::bigint AS objects, max(b.insert_time) AS last_insert
      FROM blocks b
      JOIN streams s ON s.stream_id = b.stream_id
      WHERE b.insert_time >= :begin AND b.insert_time < :end
      """;
  private static final String GROUP = " GROUP BY 1 ORDER BY 1";
  private static final String WITH_WANTED = "WITH wanted AS (";
  private static final String SELECT_TOTALS_OF_WANTED =
      """
      ) SELECT date_trunc('hour', b.insert_time, 'UTC') AS hour, count(*) AS blocks,
             coalesce(sum(b.nb_objects), 0)::bigint AS objects, max(b.insert_time) AS last_insert
      FROM blocks b
      JOIN streams s ON s.stream_id = b.stream_id
      WHERE b.insert_time >= (SELECT min(hour) FROM wanted)
        AND b.insert_time < (SELECT max(hour) FROM wanted) + INTERVAL '1 hour'
        AND date_trunc('hour', b.insert_time, 'UTC') IN (SELECT hour FROM wanted)
      """;

  private final Jdbi jdbi;

  public InsertWindows(DataSource dataSource) {
    this.jdbi = Jdbi.create(dataSource);
  }

  /// First and last insert time of all blocks, both inclusive.
  public record Bounds(Instant first, Instant last) {}

  /// Where the blocks of the lake are, and who is writing.
  ///
  /// @param bounds empty without blocks
  /// @param now PostgreSQL's clock
  /// @param oldestRunning every transaction with a smaller number has ended, and its rows are
  ///   visible from now on
  /// @param next no transaction has this number or a larger one yet
  public record State(Optional<Bounds> bounds, Instant now, long oldestRunning, long next) {}

  /// Which hours to look for. Every filter that is absent lets all blocks through.
  ///
  /// @param begin first insert time
  /// @param end insert time after the last, exclusive
  /// @param eventTime blocks whose time span meets this range; [TimeRange#ALL] for any
  /// @param processIds blocks of streams of these processes; empty for any
  /// @param streamIds blocks of these streams; empty for any
  public record HourQuery(
      Instant begin,
      Instant end,
      TimeRange eventTime,
      Optional<String> tag,
      Collection<UUID> processIds,
      Collection<UUID> streamIds) {}

  /// Insert times of the oldest and the newest block of the lake, and who is writing.
  public State state() {
    return Rows.call(
        "find the oldest block",
        () ->
            jdbi.withHandle(
                handle -> handle.createQuery(STATE).map((row, context) -> state(row)).one()));
  }

  /// The blocks of interest of one hour: equal totals mean the same blocks, since blocks never
  /// change.
  ///
  /// @param lastInsert largest insert time
  public record HourTotals(Instant hour, long blocks, long objects, Instant lastInsert) {}

  /// The hours of insert time, ascending, that hold a block of interest.
  public List<Instant> hours(HourQuery query) {
    return read(
        query,
        SELECT_HOURS + meets(query) + origin(query) + ORDER,
        (row, context) -> Rows.instant(row, "hour"));
  }

  /// The blocks of interest by hours of insert time, ascending; hours without any are left out.
  public List<HourTotals> totals(HourQuery query) {
    return read(query, SELECT_TOTALS + meets(query) + origin(query) + GROUP, InsertWindows::totals);
  }

  /// The same of whole hours: those that hold a block of interest, with all their blocks of the
  /// query's tag, processes and streams, whatever the query says of event and insert times.
  public List<HourTotals> totalsOfHours(HourQuery query) {
    return read(
        query,
        WITH_WANTED
            + SELECT_HOURS
            + meets(query)
            + origin(query)
            + SELECT_TOTALS_OF_WANTED
            + origin(query)
            + GROUP,
        InsertWindows::totals);
  }

  private static HourTotals totals(ResultSet row, StatementContext context) throws SQLException {
    return new HourTotals(
        Rows.instant(row, "hour"),
        row.getLong("blocks"),
        row.getLong("objects"),
        Rows.instant(row, "last_insert"));
  }

  private static String meets(HourQuery query) {
    return query.eventTime().isAll() ? "" : MEETS_EVENT_TIME;
  }

  private static String origin(HourQuery query) {
    return (query.tag().isPresent() ? TAGGED : "")
        + (query.processIds().isEmpty() ? "" : OF_PROCESSES)
        + (query.streamIds().isEmpty() ? "" : OF_STREAMS);
  }

  private <T> List<T> read(HourQuery query, String sql, RowMapper<T> mapper) {
    return Rows.call(
        "find the blocks of a time range",
        () ->
            jdbi.withHandle(handle -> {
              Query statement =
                  handle
                      .createQuery(sql)
                      .bind("begin", Rows.timestamp(query.begin()))
                      .bind("end", Rows.timestamp(query.end()));
              if (!query.eventTime().isAll()) {
                bindEventTime(statement, query.eventTime());
              }
              query.tag().ifPresent(tag -> statement.bind("tag", tag));
              bindIds(statement, "processes", query.processIds());
              bindIds(statement, "streams", query.streamIds());
              return statement.map(mapper).list();
            }));
  }

  private static void bindEventTime(Query statement, TimeRange range) {
    statement.bind("firstEvent", Rows.timestamp(Nanos.floorToMicros(range.beginNanos())));
    statement.bind("lastEvent", Rows.timestamp(Nanos.ceilToMicros(range.endNanos())));
  }

  private static void bindIds(Query statement, String name, Collection<UUID> ids) {
    if (!ids.isEmpty()) {
      statement.bindArray(name, UUID.class, ids.toArray());
    }
  }

  private static State state(ResultSet row) throws SQLException {
    OffsetDateTime first = row.getObject("first_insert", OffsetDateTime.class);
    OffsetDateTime last = row.getObject("last_insert", OffsetDateTime.class);
    return new State(
        first == null || last == null
            ? Optional.empty()
            : Optional.of(new Bounds(first.toInstant(), last.toInstant())),
        Rows.instant(row, "now"),
        row.getLong("oldest_running"),
        row.getLong("next"));
  }
}
