package micromegas.lakehouse.perfetto;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.common.TimeRange;
import micromegas.lakehouse.source.ProcessThreads;
import micromegas.query.QueryResult;
import micromegas.query.SubQueries;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/// The chunks of a trace, made while they are read: a batch of spans is in memory at a time. Not
/// thread-safe.
final class TraceChunks implements Iterator<byte[]>, AutoCloseable {
  /// A chunk ends when it has this many bytes, or [#CHUNK_SPANS] spans.
  private static final int CHUNK_BYTES = 8_192;

  private static final int CHUNK_SPANS = 10;

  private static final String THREAD_SPANS =
      """
      SELECT CAST("begin" AS BIGINT) AS b, CAST("end" AS BIGINT) AS e, name, target, filename,
             CAST(line AS BIGINT) AS line
      FROM view_instance('thread_spans', '%s') ORDER BY "begin"
      """;
  private static final String ASYNC_SPANS =
      """
      SELECT CAST("begin" AS BIGINT) AS b, CAST("end" AS BIGINT) AS e, name, target, filename,
             CAST(line AS BIGINT) AS line
      FROM process_spans('%s', 'async') ORDER BY "begin"
      """;
  private static final String MEASURES =
      """
      SELECT CAST(time AS BIGINT) AS t, name, unit, value
      FROM view_instance('measures', '%s') ORDER BY time
      """;

  private final UUID process;
  private final TimeRange range;
  private final SubQueries queries;
  private final List<ProcessThreads.Thread> threads;
  private final long processUuid;
  private final TraceWriter trace = new TraceWriter();
  private final Deque<byte[]> ready = new ArrayDeque<>();
  private final Deque<Runnable> steps = new ArrayDeque<>();
  private final Set<Long> counters = new HashSet<>();
  private @Nullable QueryResult rows;
  private long track;
  private boolean counting;
  private int spans;

  TraceChunks(
      UUID process,
      TraceKinds kinds,
      TimeRange range,
      SubQueries queries,
      ProcessThreads processThreads) {
    this.process = process;
    this.range = range;
    this.queries = queries;
    this.processUuid = TraceWriter.uuid(process.toString(), 0);
    this.threads = kinds.threads() ? processThreads.list(process, range) : List.of();
    trace.process(processUuid, executable());
    flush();
    if (kinds.threads()) {
      for (ProcessThreads.Thread thread : threads) {
        trace.thread(uuid(thread), processUuid, tid(thread.id()), thread.name());
        flushLarge();
        steps.add(() -> begin(uuid(thread), THREAD_SPANS.formatted(thread.streamId())));
      }
      flush();
    }
    if (kinds.async()) {
      long async = TraceWriter.uuid("async_track", processUuid);
      trace.track(async, processUuid, "Async Operations");
      flush();
      steps.add(() -> begin(async, ASYNC_SPANS.formatted(process)));
    }
    if (kinds.counters()) {
      steps.add(() -> {
        counting = true;
        begin(0, MEASURES.formatted(process));
      });
    }
  }

  private static long uuid(ProcessThreads.Thread thread) {
    return TraceWriter.uuid(thread.streamId().toString(), 0);
  }

  /// The id cut to 32 bits; 0 when it is no number.
  private static int tid(String text) {
    try {
      return (int) Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private String executable() {
    try (QueryResult found =
        queries.run("SELECT exe FROM processes WHERE process_id = '" + process + "'", range)) {
      if (!found.next()) {
        throw new BadRequestException("Trace generation failed: Process " + process + " not found");
      }
      return text(found.root(), 0, 0);
    }
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && (rows != null || !steps.isEmpty())) {
      if (rows == null) {
        steps.removeFirst().run();
      } else if (rows.next()) {
        write(rows.root());
      } else {
        flush();
        closeRows();
      }
    }
    return !ready.isEmpty();
  }

  @Override
  public byte[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.removeFirst();
  }

  private void begin(long newTrack, String sql) {
    track = newTrack;
    rows = queries.run(sql, range);
  }

  private void write(VectorSchemaRoot batch) {
    for (int row = 0; row < batch.getRowCount(); row++) {
      if (counting) {
        counter(batch, row);
      } else {
        span(batch, row);
      }
      if (++spans % CHUNK_SPANS == 0) {
        flush();
      }
    }
  }

  private void span(VectorSchemaRoot batch, int row) {
    String name = text(batch, 2, row);
    String target = text(batch, 3, row);
    String file = text(batch, 4, row);
    long line = number(batch, 5, row);
    trace.slice(true, track, number(batch, 0, row), name, target, file, line);
    flushLarge();
    trace.slice(false, track, number(batch, 1, row), name, target, file, line);
    flushLarge();
  }

  private void counter(VectorSchemaRoot batch, int row) {
    String name = text(batch, 1, row);
    String unit = text(batch, 2, row);
    double value = ((Number) batch.getVector(3).getObject(row)).doubleValue();
    if (!Double.isFinite(value)) {
      return;
    }
    long uuid = TraceWriter.uuid("counter\0" + name + "\0" + unit, processUuid);
    if (counters.add(uuid)) {
      trace.counterTrack(uuid, processUuid, name, unit);
    }
    trace.counter(uuid, number(batch, 0, row), value);
    flushLarge();
  }

  private static long number(VectorSchemaRoot batch, int column, int row) {
    return ((Number) batch.getVector(column).getObject(row)).longValue();
  }

  private static String text(VectorSchemaRoot batch, int column, int row) {
    return String.valueOf(batch.getVector(column).getObject(row));
  }

  private void flushLarge() {
    if (trace.size() >= CHUNK_BYTES) {
      flush();
    }
  }

  private void flush() {
    if (trace.size() > 0) {
      ready.addLast(trace.take());
    }
  }

  private void closeRows() {
    QueryResult open = rows;
    rows = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() {
    steps.clear();
    closeRows();
  }
}
