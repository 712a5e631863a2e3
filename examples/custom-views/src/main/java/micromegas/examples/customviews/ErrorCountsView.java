package micromegas.examples.customviews;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import micromegas.lakehouse.view.BatchPolicy;
import micromegas.lakehouse.view.ColumnType;
import micromegas.lakehouse.view.LogEntriesViewMaker;
import micromegas.lakehouse.view.SchemaBuilder;
import micromegas.lakehouse.view.SchemaHashes;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewId;
import micromegas.lakehouse.view.ViewSchema;
import micromegas.lakehouse.view.ViewSource;
import micromegas.query.EventTimeColumns;
import org.apache.arrow.vector.types.pojo.Schema;

/// `error_counts`: errors per minute and process, aggregated slice by slice from `log_entries`.
/// Partial sums of one minute may be in several slices; the merge query adds them up, for users
/// too.
final class ErrorCountsView {
  static final String VIEW_SET = "error_counts";

  private static final String EXTRACT =
      """
      SELECT date_bin(INTERVAL '1 minute', time) AS time_bin, process_id, count(*) AS errors
      FROM log_entries
      WHERE level <= 2 AND insert_time >= '{begin}' AND insert_time < '{end}'
      GROUP BY time_bin, process_id
      ORDER BY time_bin, process_id
      """;
  private static final String MERGE =
      """
      SELECT time_bin, process_id, CAST(sum(errors) AS BIGINT) AS errors
      FROM {source}
      GROUP BY time_bin, process_id
      """;

  private ErrorCountsView() {}

  static View create() {
    Schema arrow =
        new SchemaBuilder()
            .nullable(ColumnType.TIMESTAMP, "time_bin")
            .required(ColumnType.DICTIONARY_TEXT, "process_id")
            .required(ColumnType.INT64, "errors")
            .build();
    return new View(
        ViewId.global(VIEW_SET),
        new ViewSchema(arrow, SchemaHashes.ofSchema(arrow), EventTimeColumns.instant("time_bin")),
        new ViewSource.Sql(
            new ViewSource.SourceCount.TaggedObjects(LogEntriesViewMaker.TAG),
            EXTRACT,
            MERGE,
            List.of("time_bin", "process_id")),
        // After log_entries (group 2000), whose rows it reads.
        Optional.of(new BatchPolicy(3000, Duration.ofDays(1), Duration.ofDays(1))));
  }
}
