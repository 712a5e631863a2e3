package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/// One connection. One thread runs statements; any thread may interrupt. Interrupting and closing
/// exclude each other: interrupting a closed connection would read freed memory.
final class NativeConnection implements AutoCloseable {
  private final NativeApi api;
  private final MemorySegment handle;
  private final ReentrantLock lifeLock = new ReentrantLock();
  private boolean closed;

  NativeConnection(NativeApi api, MemorySegment handle) {
    this.api = api;
    this.handle = handle;
  }

  /// For registering functions and scans.
  MemorySegment handle() {
    return handle;
  }

  /// Starts one statement and returns its rows as they come. The caller closes the reader before
  /// this connection.
  ///
  /// @throws EngineException with the engine's own message
  ArrowReader query(String sql, int batchRows, BufferAllocator allocator) {
    try (ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator);
        Arena arena = Arena.ofConfined()) {
      MemorySegment iterator = arena.allocate(ADDRESS);
      MemorySegment statement = arena.allocate(ADDRESS);
      MemorySegment result = arena.allocate(ADDRESS);
      api.check(arena, api.parseSql, handle, arena.allocateFrom(sql), iterator);
      try {
        api.check(arena, api.iteratorNext, iterator.get(ADDRESS, 0), statement);
        api.check(
            arena,
            api.executeArrow,
            handle,
            statement.get(ADDRESS, 0),
            MemorySegment.NULL,
            MemorySegment.NULL,
            0L,
            (long) batchRows,
            result);
        api.check(
            arena, api.resultToStream, result, MemorySegment.ofAddress(stream.memoryAddress()));
      } finally {
        api.run(api.statementDestroy, statement);
        api.run(api.iteratorDestroy, iterator);
      }
      return Data.importArrayStream(allocator, stream);
    }
  }

  /// Runs a statement that has no rows to give.
  void execute(String sql, BufferAllocator allocator) throws IOException {
    try (ArrowReader reader = query(sql, 1, allocator)) {
      while (reader.loadNextBatch()) {
        // It still has to be read to its end.
      }
    }
  }

  /// Asks the running statement to stop. The engine keeps no memory of it: asked before the
  /// statement runs, it is lost, so callers repeat it until the run has ended.
  void interrupt() {
    lifeLock.lock();
    try {
      if (!closed) {
        api.run(api.connectionInterrupt, handle, MemorySegment.NULL);
      }
    } finally {
      lifeLock.unlock();
    }
  }

  /// Percentage done, or -1.
  double progress() {
    lifeLock.lock();
    try (Arena arena = Arena.ofConfined()) {
      if (closed) {
        return -1;
      }
      MemorySegment out = arena.allocate(24, 8);
      api.run(
          api.connectionProgress, handle, out, out.asSlice(8), out.asSlice(16), MemorySegment.NULL);
      return out.get(JAVA_DOUBLE, 0);
    } finally {
      lifeLock.unlock();
    }
  }

  @Override
  public void close() {
    boolean unused = closeOnce();
  }

  /// Closes it, and says whether it was open until now.
  boolean closeOnce() {
    lifeLock.lock();
    try (Arena arena = Arena.ofConfined()) {
      boolean wasOpen = !closed;
      if (wasOpen) {
        closed = true;
        MemorySegment holder = arena.allocate(ADDRESS);
        holder.set(ADDRESS, 0, handle);
        api.run(api.connectionDestroy, holder);
      }
      return wasOpen;
    } finally {
      lifeLock.unlock();
    }
  }
}
