package micromegas.lakehouse.view;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import micromegas.query.EventTimeColumns;

/// `log_stats`: how many log entries per minute, process, level and target. One minute of event
/// time may be spread over the files of several insert slices; the merge query sums them.
public final class LogStatsView {
  public static final String VIEW_SET = "log_stats";

  public static final ViewSchema SCHEMA = schema();

  private static final String EXTRACT =
      """
      SELECT date_bin(INTERVAL '1 minute', time) AS time_bin, process_id, level, target,
             count(*) AS "count"
      FROM log_entries
      WHERE insert_time >= '{begin}' AND insert_time < '{end}'
      GROUP BY process_id, level, target, time_bin
      ORDER BY time_bin, process_id, level, target
      """;

  private static final String MERGE =
      """
      SELECT time_bin, process_id, level, target, CAST(sum("count") AS BIGINT) AS "count"
      FROM {source}
      GROUP BY process_id, level, target, time_bin
      """;

  private LogStatsView() {}

  public static View create() {
    return new View(
        ViewId.global(VIEW_SET),
        SCHEMA,
        new ViewSource.Sql(
            new ViewSource.SourceCount.TaggedObjects(LogEntriesViewMaker.TAG),
            EXTRACT,
            MERGE,
            List.of("time_bin", "process_id", "level", "target")),
        Optional.of(new BatchPolicy(3000, Duration.ofDays(1), Duration.ofDays(1))));
  }

  private static ViewSchema schema() {
    var arrow =
        new SchemaBuilder()
            .nullable(ColumnType.TIMESTAMP, "time_bin")
            .required(ColumnType.DICTIONARY_TEXT, "process_id")
            .required(ColumnType.INT32, "level")
            .required(ColumnType.DICTIONARY_TEXT, "target")
            .required(ColumnType.INT64, "count")
            .build();
    return new ViewSchema(
        arrow, SchemaHashes.ofSchema(arrow), EventTimeColumns.instant("time_bin"));
  }
}
