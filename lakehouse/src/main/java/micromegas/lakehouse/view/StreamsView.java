package micromegas.lakehouse.view;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import micromegas.query.EventTimeColumns;

/// `streams`: one row per stream with blocks, in the same way as [ProcessesView].
public final class StreamsView {
  public static final String VIEW_SET = "streams";

  public static final ViewSchema SCHEMA = schema();

  private static final String EXTRACT =
      """
      SELECT stream_id,
             any_value(process_id) AS process_id,
             any_value("streams.dependencies_metadata") AS dependencies_metadata,
             any_value("streams.objects_metadata") AS objects_metadata,
             any_value("streams.tags") AS tags,
             any_value("streams.properties") AS properties,
             any_value("streams.insert_time") AS insert_time,
             any_value("streams.format") AS format,
             max(blocks.insert_time) AS last_update_time
      FROM blocks
      WHERE blocks.insert_time >= '{begin}' AND blocks.insert_time < '{end}'
      GROUP BY stream_id
      """;

  private static final String MERGE =
      """
      SELECT stream_id,
             any_value(process_id) AS process_id,
             any_value(dependencies_metadata) AS dependencies_metadata,
             any_value(objects_metadata) AS objects_metadata,
             any_value(tags) AS tags,
             any_value(properties) AS properties,
             any_value(insert_time) AS insert_time,
             any_value(format) AS format,
             max(last_update_time) AS last_update_time
      FROM {source}
      GROUP BY stream_id
      """;

  private StreamsView() {}

  public static View create() {
    return new View(
        ViewId.global(VIEW_SET),
        SCHEMA,
        new ViewSource.Sql(new ViewSource.SourceCount.BlockRows(), EXTRACT, MERGE, List.of()),
        Optional.of(new BatchPolicy(2000, Duration.ofDays(1), Duration.ofDays(1))));
  }

  private static ViewSchema schema() {
    var arrow =
        new SchemaBuilder()
            .required(ColumnType.TEXT, "stream_id")
            .nullable(ColumnType.TEXT, "process_id")
            .nullable(ColumnType.BINARY, "dependencies_metadata", "objects_metadata")
            .nullable(ColumnType.TAGS, "tags")
            .nullable(ColumnType.PROPERTIES, "properties")
            .nullable(ColumnType.TIMESTAMP, "insert_time")
            .nullable(ColumnType.TEXT, "format")
            .nullable(ColumnType.TIMESTAMP, "last_update_time")
            .build();
    return new ViewSchema(
        arrow,
        SchemaHashes.ofSchema(arrow),
        new EventTimeColumns("insert_time", "last_update_time"));
  }
}
