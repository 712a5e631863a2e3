package micromegas.lakehouse.catalog;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import micromegas.common.BadRequestException;
import micromegas.common.Nanos;
import micromegas.common.NotFoundException;
import micromegas.common.TimeRange;
import micromegas.lakehouse.source.StreamDirectory;
import micromegas.lakehouse.spans.FlameTree;
import micromegas.lakehouse.view.ColumnType;
import micromegas.lakehouse.view.InstanceIds;
import micromegas.lakehouse.view.SchemaBuilder;
import micromegas.lakehouse.view.ThreadSpansViewMaker;
import micromegas.query.Arguments;
import micromegas.query.ArrowRows;
import micromegas.query.FunctionCall;
import micromegas.query.QueryResult;
import micromegas.query.TableFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// `flame_graph(process or stream id [, begin, end])`: where the threads of a process, or one of
/// them, spent their time, summed up by path of span names. One pass over `stitched_thread_spans`;
/// memory is that of the distinct paths. Without begin and end, the query's range counts.
/// Thread-safe.
final class FlameGraph implements TableFunction.Computed {
  private static final Schema SCHEMA =
      new SchemaBuilder()
          .required(ColumnType.TEXT, "path", "name")
          .required(ColumnType.INT64, "depth", "total", "self", "count", "min", "max")
          .build();

  /// A stitched instance is one file, and the engine preserves the order of a file's rows, which is
  /// that of the call tree.
  private static final String SPANS =
      """
      SELECT id, parent, CAST(depth AS BIGINT) AS depth, "begin", "end",
             CAST(name AS VARCHAR) AS name
      FROM view_instance('%s', '%s')\
      """;

  private static final String STREAMS =
      "SELECT stream_id FROM streams WHERE process_id = '%s' AND array_has(tags, 'cpu') ORDER BY 1";

  private final StreamDirectory directory;

  FlameGraph(StreamDirectory directory) {
    this.directory = directory;
  }

  @Override
  public String name() {
    return "flame_graph";
  }

  @Override
  public Schema schema() {
    return SCHEMA;
  }

  @Override
  public void check(Arguments arguments) {
    if (arguments.values().size() != 1) {
      arguments.requireCount(3);
      range(arguments, TimeRange.ALL);
    }
    id(arguments);
  }

  @Override
  public ArrowReader open(FunctionCall call, BufferAllocator allocator) {
    TimeRange range = range(call.arguments(), call.range());
    FlameTree tree = new FlameTree();
    for (String stream : streams(call, id(call.arguments()))) {
      tree.begin();
      String sql = SPANS.formatted(ThreadSpansViewMaker.STITCHED_VIEW_SET, stream);
      try (QueryResult result = call.queries().run(sql, range)) {
        Batch batch = new Batch(range, tree);
        while (result.next()) {
          batch.add(result.root());
        }
      }
    }
    return ArrowRows.reader(
        SCHEMA, IntStream.range(0, tree.size()).mapToObj(i -> row(tree, i)).iterator(), allocator);
  }

  private static UUID id(Arguments arguments) {
    try {
      return InstanceIds.parse(arguments.text(0));
    } catch (BadRequestException e) {
      throw arguments.wrong(0, "must be the id of a process or a stream: " + e.getMessage());
    }
  }

  private static TimeRange range(Arguments arguments, TimeRange otherwise) {
    if (arguments.values().size() == 1) {
      return otherwise;
    }
    long begin = Nanos.fromInstant(arguments.time(1));
    long end = Nanos.fromInstant(arguments.time(2));
    if (begin > end) {
      throw arguments.wrong(2, "must not be before the second");
    }
    return new TimeRange(begin, end);
  }

  /// The stream, or those of the process's threads.
  private List<String> streams(FunctionCall call, UUID id) {
    if (directory.stream(id).isPresent()) {
      return List.of(id.toString());
    }
    if (directory.process(id).isEmpty()) {
      throw new NotFoundException("there is no process or stream " + id);
    }
    List<String> streams = new ArrayList<>();
    try (QueryResult result = call.queries().run(STREAMS.formatted(id), TimeRange.ALL)) {
      while (result.next()) {
        VarCharVector ids = (VarCharVector) result.root().getVector(0);
        for (int row = 0; row < result.root().getRowCount(); row++) {
          streams.add(new String(ids.get(row), StandardCharsets.UTF_8));
        }
      }
    }
    return streams;
  }

  private static @Nullable Object[] row(FlameTree tree, int path) {
    return new @Nullable Object[] {
      tree.path(path),
      tree.name(path),
      (long) tree.depth(path),
      tree.totalNanos(path),
      tree.selfNanos(path),
      tree.count(path),
      tree.minNanos(path),
      tree.maxNanos(path)
    };
  }

  /// Adds result batches to the tree. Hot code: makes no object per row.
  private static final class Batch {
    private final TimeRange range;
    private final FlameTree tree;
    private byte[] name = new byte[256];

    Batch(TimeRange range, FlameTree tree) {
      this.range = range;
      this.tree = tree;
    }

    void add(VectorSchemaRoot root) {
      BigIntVector ids = (BigIntVector) root.getVector(0);
      BigIntVector parents = (BigIntVector) root.getVector(1);
      BigIntVector depths = (BigIntVector) root.getVector(2);
      TimeStampVector begins = (TimeStampVector) root.getVector(3);
      TimeStampVector ends = (TimeStampVector) root.getVector(4);
      VarCharVector names = (VarCharVector) root.getVector(5);
      for (int row = 0; row < root.getRowCount(); row++) {
        long begin = Math.max(begins.get(row), range.beginNanos());
        long end = Math.min(ends.get(row), range.endNanos());
        int length = names.getValueLength(row);
        if (length > name.length) {
          name = new byte[Math.max(length, 2 * name.length)];
        }
        names.getDataBuffer().getBytes(names.getStartOffset(row), name, 0, length);
        tree.add(
            ids.get(row),
            parents.get(row),
            (int) Math.min(Integer.MAX_VALUE, depths.get(row)),
            name,
            0,
            length,
            Math.max(0, end - begin));
      }
    }
  }
}
