package micromegas.lakehouse.view;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import micromegas.query.EventTimeColumns;

/// `processes`: one row per process with blocks. Files hold one row per process and slice of insert
/// time; the merge query makes one of them.
public final class ProcessesView {
  public static final String VIEW_SET = "processes";

  public static final ViewSchema SCHEMA = schema();

  // Any row of a process may lend its values, since processes never change.
  private static final String EXTRACT =
      """
      SELECT process_id,
             any_value("processes.exe") AS exe,
             any_value("processes.username") AS username,
             any_value("processes.realname") AS realname,
             any_value("processes.computer") AS computer,
             any_value("processes.distro") AS distro,
             any_value("processes.cpu_brand") AS cpu_brand,
             any_value("processes.tsc_frequency") AS tsc_frequency,
             any_value("processes.start_time") AS start_time,
             any_value("processes.start_ticks") AS start_ticks,
             any_value("processes.insert_time") AS insert_time,
             any_value("processes.parent_process_id") AS parent_process_id,
             any_value("processes.properties") AS properties,
             max(blocks.insert_time) AS last_update_time,
             max(end_ticks) AS last_block_end_ticks,
             max(end_time) AS last_block_end_time
      FROM blocks
      WHERE blocks.insert_time >= '{begin}' AND blocks.insert_time < '{end}'
      GROUP BY process_id
      """;

  private static final String MERGE =
      """
      SELECT process_id,
             any_value(exe) AS exe,
             any_value(username) AS username,
             any_value(realname) AS realname,
             any_value(computer) AS computer,
             any_value(distro) AS distro,
             any_value(cpu_brand) AS cpu_brand,
             any_value(tsc_frequency) AS tsc_frequency,
             any_value(start_time) AS start_time,
             any_value(start_ticks) AS start_ticks,
             any_value(insert_time) AS insert_time,
             any_value(parent_process_id) AS parent_process_id,
             any_value(properties) AS properties,
             max(last_update_time) AS last_update_time,
             max(last_block_end_ticks) AS last_block_end_ticks,
             max(last_block_end_time) AS last_block_end_time
      FROM {source}
      GROUP BY process_id
      """;

  private ProcessesView() {}

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
            .required(ColumnType.TEXT, "process_id")
            .nullable(
                ColumnType.TEXT, "exe", "username", "realname", "computer", "distro", "cpu_brand")
            .nullable(ColumnType.INT64, "tsc_frequency")
            .nullable(ColumnType.TIMESTAMP, "start_time")
            .nullable(ColumnType.INT64, "start_ticks")
            .nullable(ColumnType.TIMESTAMP, "insert_time")
            .nullable(ColumnType.TEXT, "parent_process_id")
            .nullable(ColumnType.PROPERTIES, "properties")
            .nullable(ColumnType.TIMESTAMP, "last_update_time")
            .nullable(ColumnType.INT64, "last_block_end_ticks")
            .nullable(ColumnType.TIMESTAMP, "last_block_end_time")
            .build();
    return new ViewSchema(
        arrow,
        SchemaHashes.ofSchema(arrow),
        new EventTimeColumns("insert_time", "last_update_time"));
  }
}
