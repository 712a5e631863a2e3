package micromegas.lakehouse.perfetto;

import java.time.Instant;
import java.util.Iterator;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.common.Nanos;
import micromegas.common.TimeRange;
import micromegas.lakehouse.source.ProcessThreads;
import micromegas.lakehouse.view.ColumnType;
import micromegas.lakehouse.view.InstanceIds;
import micromegas.lakehouse.view.SchemaBuilder;
import micromegas.query.Arguments;
import micromegas.query.ArrowRows;
import micromegas.query.FunctionCall;
import micromegas.query.TableFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// `perfetto_trace_chunks(process_id, kinds, begin, end)`: a Perfetto trace of a process in chunks,
/// to be put together in the order of `chunk_id`. Its own range counts, not that of the query.
/// Thread-safe.
public final class PerfettoTraceChunks implements TableFunction.Computed {
  private static final Schema SCHEMA =
      new SchemaBuilder()
          .required(ColumnType.INT32, "chunk_id")
          .required(ColumnType.BINARY, "chunk_data")
          .build();

  private final ProcessThreads threads;

  public PerfettoTraceChunks(ProcessThreads threads) {
    this.threads = threads;
  }

  @Override
  public String name() {
    return "perfetto_trace_chunks";
  }

  @Override
  public Schema schema() {
    return SCHEMA;
  }

  @Override
  public void check(Arguments arguments) {
    arguments.requireCount(4);
    process(arguments);
    TraceKinds.parse(arguments.text(1));
    range(arguments);
  }

  @Override
  public ArrowReader open(FunctionCall call, BufferAllocator allocator) {
    Arguments arguments = call.arguments();
    TraceChunks chunks =
        new TraceChunks(
            process(arguments),
            TraceKinds.parse(arguments.text(1)),
            range(arguments),
            call.queries(),
            threads);
    return ArrowRows.reader(SCHEMA, new Rows(chunks), allocator);
  }

  private static UUID process(Arguments arguments) {
    String text = arguments.text(0);
    try {
      return InstanceIds.parse(text);
    } catch (BadRequestException e) {
      throw arguments.wrong(0, "must be a valid UUID (the process ID), given '" + text + "'");
    }
  }

  private static TimeRange range(Arguments arguments) {
    Instant begin = arguments.time(2);
    Instant end = arguments.time(3);
    if (end.isBefore(begin)) {
      throw arguments.wrong(3, "must not be before the third");
    }
    return new TimeRange(Nanos.fromInstant(begin), Nanos.fromInstant(end));
  }

  private static final class Rows implements Iterator<@Nullable Object[]>, AutoCloseable {
    private final TraceChunks chunks;
    private int id;

    Rows(TraceChunks chunks) {
      this.chunks = chunks;
    }

    @Override
    public boolean hasNext() {
      return chunks.hasNext();
    }

    @Override
    public @Nullable Object[] next() {
      return new @Nullable Object[] {id++, chunks.next()};
    }

    @Override
    public void close() {
      chunks.close();
    }
  }
}
