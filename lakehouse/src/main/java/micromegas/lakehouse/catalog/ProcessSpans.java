package micromegas.lakehouse.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.lakehouse.source.ProcessThreads;
import micromegas.lakehouse.view.ColumnType;
import micromegas.lakehouse.view.InstanceIds;
import micromegas.lakehouse.view.SchemaBuilder;
import micromegas.query.Arguments;
import micromegas.query.FunctionCall;
import micromegas.query.TableFunction;
import org.apache.arrow.vector.types.pojo.Schema;

/// `process_spans(process_id, 'thread' | 'async' | 'both')`: the spans of all threads of a process,
/// thread by thread, and its asynchronous spans that have a begin and a later end.
final class ProcessSpans implements TableFunction.Expanded {
  static final String NAME = "process_spans";

  private static final Schema SCHEMA =
      new SchemaBuilder()
          .required(ColumnType.DICTIONARY_TEXT, "stream_id", "thread_name")
          .required(ColumnType.INT64, "id", "parent")
          .required(ColumnType.UINT32, "depth", "hash")
          .required(ColumnType.TIMESTAMP, "begin", "end")
          .required(ColumnType.INT64, "duration")
          .required(ColumnType.DICTIONARY_TEXT, "name", "target", "filename")
          .required(ColumnType.UINT32, "line")
          .build();

  private static final String THREAD =
      """
      SELECT '%s' AS stream_id, '%s' AS thread_name, id, parent, depth, hash, "begin", "end", duration,
             name, target, filename, line
      FROM view_instance('thread_spans', '%s')
      """;

  private static final String ASYNC =
      """
      SELECT * FROM (
        SELECT '' AS stream_id, 'async' AS thread_name, b.span_id AS id, b.parent_span_id AS parent,
               b.depth AS depth, b.hash AS hash, b.time AS "begin", e.time AS "end",
               e.time - b.time AS duration, b.name AS name, b.target AS target,
               b.filename AS filename, b.line AS line
        FROM (SELECT * FROM view_instance('async_events', '%s') WHERE event_type = 'begin') b
        JOIN (SELECT * FROM view_instance('async_events', '%s') WHERE event_type = 'end') e
          ON b.span_id = e.span_id
        WHERE b.time < e.time
        ORDER BY b.time) async_spans
      """;

  /// No rows of the right types.
  private static final String NOTHING =
      """
      SELECT CAST(NULL AS VARCHAR) AS stream_id, CAST(NULL AS VARCHAR) AS thread_name,
             CAST(NULL AS BIGINT) AS id, CAST(NULL AS BIGINT) AS parent,
             CAST(NULL AS UINTEGER) AS depth, CAST(NULL AS UINTEGER) AS hash,
             CAST(NULL AS TIMESTAMPTZ_NS) AS "begin", CAST(NULL AS TIMESTAMPTZ_NS) AS "end",
             CAST(NULL AS BIGINT) AS duration, CAST(NULL AS VARCHAR) AS name,
             CAST(NULL AS VARCHAR) AS target, CAST(NULL AS VARCHAR) AS filename,
             CAST(NULL AS UINTEGER) AS line
      WHERE false
      """;

  private final ProcessThreads threads;

  ProcessSpans(ProcessThreads threads) {
    this.threads = threads;
  }

  /// Which spans are wanted.
  enum Kinds {
    THREAD,
    ASYNC,
    BOTH;

    /// @throws BadRequestException for any other text
    static Kinds parse(String text) {
      return switch (text) {
        case "thread" -> THREAD;
        case "async" -> ASYNC;
        case "both" -> BOTH;
        default ->
            throw new BadRequestException(
                "span_types must be 'thread', 'async', or 'both', given: " + text);
      };
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Schema schema() {
    return SCHEMA;
  }

  @Override
  public void check(Arguments arguments) {
    arguments.requireCount(2);
    process(arguments);
    Kinds.parse(arguments.text(1));
  }

  @Override
  public String expand(FunctionCall call) {
    UUID process = process(call.arguments());
    Kinds kinds = Kinds.parse(call.arguments().text(1));
    List<String> parts = new ArrayList<>();
    if (kinds != Kinds.ASYNC) {
      for (ProcessThreads.Thread thread : threads.list(process, call.range())) {
        String name = thread.name().replace("'", "''");
        parts.add(THREAD.formatted(thread.streamId(), name, thread.streamId()));
      }
    }
    if (kinds != Kinds.THREAD) {
      parts.add(ASYNC.formatted(process, process));
    }
    return parts.isEmpty() ? NOTHING : String.join("UNION ALL\n", parts);
  }

  private static UUID process(Arguments arguments) {
    String text = arguments.text(0);
    try {
      return InstanceIds.parse(text);
    } catch (BadRequestException e) {
      throw arguments.wrong(0, "must be a valid UUID (the process ID), given '" + text + "'");
    }
  }
}
