package micromegas.query.duckdb;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import micromegas.query.plan.PlannedQuery.FunctionScan;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/// Tables of a query whose rows come from Java: each is an Arrow stream that the engine reads once.
final class FunctionScans {
  private FunctionScans() {}

  /// Registers the scans under their names.
  ///
  /// @return what to close after the query, streams first
  static List<AutoCloseable> register(
      NativeApi api,
      NativeConnection connection,
      List<FunctionScan> scans,
      BufferAllocator allocator) {
    List<AutoCloseable> opened = new ArrayList<>();
    try {
      for (FunctionScan scan : scans) {
        ArrowReader reader = scan.function().open(scan.arguments(), allocator);
        opened.addFirst(reader);
        ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator);
        opened.addFirst(() -> {
          stream.release();
          stream.close();
        });
        Data.exportArrayStream(allocator, reader, stream);
        register(api, connection, scan.name(), stream);
      }
      return opened;
    } catch (RuntimeException | Error e) {
      closeAll(opened, e);
      throw e;
    }
  }

  private static void register(
      NativeApi api, NativeConnection connection, String name, ArrowArrayStream stream) {
    try (Arena arena = Arena.ofConfined()) {
      int state =
          (int)
              api.call(
                  api.arrowScan,
                  connection.handle(),
                  arena.allocateFrom(name),
                  MemorySegment.ofAddress(stream.memoryAddress()));
      if (state != 0) {
        throw new EngineException("cannot register the rows of a table function");
      }
    }
  }

  static void closeAll(List<AutoCloseable> opened, Throwable failure) {
    for (AutoCloseable resource : opened) {
      try {
        resource.close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }
}
