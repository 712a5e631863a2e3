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

  private static final String SPANS =
      """
      SELECT id, parent, CAST(depth AS BIGINT) AS depth, CAST("begin" AS BIGINT) AS b,
             CAST("end" AS BIGINT) AS e, name, target, filename, CAST(line AS BIGINT) AS line
      FROM %s ORDER BY "begin", depth, id
      """;
  private static final String MEASURES =
      """
      SELECT CAST(time AS BIGINT) AS t, name, unit, value
      FROM view_instance('measures', '%s') ORDER BY time
      """;

  /// Name of the tracks of asynchronous spans.
  private static final String ASYNC = "Async Operations";

  private final UUID process;
  private final TimeRange range;
  private final SubQueries queries;
  private final List<ProcessThreads.Thread> threads;
  private final long processUuid;
  private final TraceWriter trace = new TraceWriter();
  private final Deque<byte[]> ready = new ArrayDeque<>();
  private final Deque<Runnable> steps = new ArrayDeque<>();
  private final Set<Long> counters = new HashSet<>();
  private long tracks;
  private @Nullable QueryResult rows;
  private @Nullable SliceTracks slices;
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
        steps.add(() ->
            begin(
                new ThreadTracks(uuid(thread), () -> track(thread.name()), new Events()),
                SPANS.formatted("view_instance('thread_spans', '" + thread.streamId() + "')")));
      }
      flush();
    }
    if (kinds.async()) {
      long first = TraceWriter.uuid("async_track", processUuid);
      trace.track(first, processUuid, ASYNC);
      flush();
      steps.add(() ->
          begin(
              new AsyncTracks(first, () -> track(ASYNC), new Events()),
              SPANS.formatted("process_spans('" + process + "', 'async')")));
    }
    if (kinds.counters()) {
      steps.add(() -> begin(null, MEASURES.formatted(process)));
    }
  }

  /// A track of the process, side by side with those of the same name.
  private long track(String name) {
    long uuid = TraceWriter.uuid("track " + tracks++, processUuid);
    trace.track(uuid, processUuid, name);
    flushLarge();
    return uuid;
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
        if (slices != null) {
          slices.finish();
        }
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

  /// @param newSlices null for measures
  private void begin(@Nullable SliceTracks newSlices, String sql) {
    slices = newSlices;
    rows = queries.run(sql, range);
  }

  private void write(VectorSchemaRoot batch) {
    for (int row = 0; row < batch.getRowCount(); row++) {
      if (slices == null) {
        counter(batch, row);
      } else {
        slices.add(slice(batch, row));
      }
      if (++spans % CHUNK_SPANS == 0) {
        flush();
      }
    }
  }

  private static Slice slice(VectorSchemaRoot batch, int row) {
    return new Slice(
        number(batch, 0, row),
        number(batch, 1, row),
        (int) Math.min(Integer.MAX_VALUE, number(batch, 2, row)),
        number(batch, 3, row),
        number(batch, 4, row),
        text(batch, 5, row),
        text(batch, 6, row),
        text(batch, 7, row),
        number(batch, 8, row));
  }

  /// Writes the events of slices.
  private final class Events implements SliceTracks.Events {
    @Override
    public void begin(long track, Slice slice) {
      write(true, track, slice.beginNanos(), slice);
    }

    @Override
    public void end(long track, Slice slice) {
      write(false, track, slice.endNanos(), slice);
    }

    private void write(boolean begin, long track, long nanos, Slice slice) {
      trace.slice(begin, track, nanos, slice.name(), slice.category(), slice.file(), slice.line());
      flushLarge();
    }
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
