package micromegas.lakehouse.source;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import micromegas.lakehouse.chains.ChainRepairs;
import micromegas.lakehouse.materialize.ChainRepairSink;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/// The list of chains of blocks whose spans had to be set right. Thread-safe.
///
/// Methods throw [micromegas.common.UnavailableException] when PostgreSQL does not answer.
public final class SpanRepairs implements ChainRepairSink {
  private static final String FORGET =
      "DELETE FROM micromegas_java.span_repairs WHERE view_set = :viewSet AND block_id = ANY(:blocks)";
  private static final String RECORD =
      """
      INSERT INTO micromegas_java.span_repairs (
        view_set, block_id, process_id, stream_id, begin_time, end_time, crossing_ends, cut_spans,
        stray_ends, moved_begins, left_out, recorded)
      VALUES (:viewSet, :block, :process, :stream, :begin, :end, :crossing, :cut, :stray, :moved,
        :leftOut, :now)
      ON CONFLICT (view_set, block_id) DO UPDATE SET
        end_time = excluded.end_time, crossing_ends = excluded.crossing_ends,
        cut_spans = excluded.cut_spans, stray_ends = excluded.stray_ends,
        moved_begins = excluded.moved_begins, left_out = excluded.left_out,
        recorded = excluded.recorded
      """;
  private static final String SELECT =
      """
      SELECT view_set, process_id, stream_id, begin_time, end_time, crossing_ends, cut_spans,
             stray_ends, moved_begins, left_out, recorded
      FROM micromegas_java.span_repairs ORDER BY view_set, stream_id, begin_time, block_id
      """;

  private final Jdbi jdbi;
  private final Clock clock;

  /// A chain in the list; a row of `micromegas_java.span_repairs`.
  ///
  /// @param begin of its first block
  /// @param end of its last block
  /// @param recorded when it was read last
  public record Listed(
      String viewSet,
      UUID processId,
      UUID streamId,
      Instant begin,
      Instant end,
      ChainRepairs repairs,
      Instant recorded) {}

  public SpanRepairs(DataSource dataSource, Clock clock) {
    this.jdbi = Jdbi.create(dataSource);
    this.clock = clock;
  }

  @Override
  public void replace(String viewSet, Collection<UUID> blocks, List<RepairedChain> chains) {
    Rows.call(
        "record repairs of spans",
        () ->
            jdbi.inTransaction(handle -> {
              handle
                  .createUpdate(FORGET)
                  .bind("viewSet", viewSet)
                  .bindArray("blocks", UUID.class, blocks.toArray())
                  .execute();
              if (chains.isEmpty()) {
                return 0;
              }
              PreparedBatch batch = handle.prepareBatch(RECORD);
              for (RepairedChain chain : chains) {
                batch
                    .bind("viewSet", viewSet)
                    .bind("block", chain.first().blockId())
                    .bind("process", chain.first().processId())
                    .bind("stream", chain.first().streamId())
                    .bind("begin", Rows.timestamp(chain.first().beginTime()))
                    .bind("end", Rows.timestamp(chain.last().endTime()))
                    .bind("crossing", chain.repairs().crossingEnds())
                    .bind("cut", chain.repairs().cutSpans())
                    .bind("stray", chain.repairs().strayEnds())
                    .bind("moved", chain.repairs().movedBegins())
                    .bind("leftOut", chain.repairs().leftOut())
                    .bind("now", Rows.timestamp(clock.instant()))
                    .add();
              }
              return batch.execute().length;
            }));
  }

  /// Every chain that needed repairs.
  public List<Listed> listAll() {
    return Rows.call(
        "list repairs of spans",
        () ->
            jdbi.withHandle(
                handle -> handle.createQuery(SELECT).map((row, context) -> listed(row)).list()));
  }

  private static Listed listed(ResultSet row) throws SQLException {
    return new Listed(
        row.getString("view_set"),
        row.getObject("process_id", UUID.class),
        row.getObject("stream_id", UUID.class),
        Rows.instant(row, "begin_time"),
        Rows.instant(row, "end_time"),
        new ChainRepairs(
            row.getLong("crossing_ends"),
            row.getLong("cut_spans"),
            row.getLong("stray_ends"),
            row.getLong("moved_begins"),
            row.getLong("left_out")),
        Rows.instant(row, "recorded"));
  }
}
