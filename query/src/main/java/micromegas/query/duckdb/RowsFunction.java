package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import micromegas.common.BadRequestException;
import micromegas.common.MicromegasException;
import micromegas.query.plan.PlannedQuery;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The engine's table function `table_function_rows(handle)`: the rows of a table function of a
/// running query. Only the columns that the query uses are copied.
///
/// What the engine keeps for us as pointers are handles, so that a pointer that it holds too long
/// is an unknown number and not freed memory.
final class RowsFunction {
  private static final Logger LOG = LoggerFactory.getLogger(RowsFunction.class);
  private static final int BIGINT = 5;
  private static final FunctionDescriptor ONE = FunctionDescriptor.ofVoid(ADDRESS);
  private static final FunctionDescriptor TWO = FunctionDescriptor.ofVoid(ADDRESS, ADDRESS);

  private final NativeApi api;
  private final Upcalls upcalls;
  private final VectorWriter writer;
  private final VectorTypes types;
  private final int vectorRows;
  private final MemorySegment destroy;

  RowsFunction(NativeApi api, Upcalls upcalls) {
    this.api = api;
    this.upcalls = upcalls;
    this.writer = new VectorWriter(api);
    this.types = new VectorTypes(api);
    this.vectorRows = Math.toIntExact((long) api.call(api.vectorSize));
    this.destroy = callback("destroy", ONE);
  }

  void register(NativeConnection connection) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment function = api.pointer(api.createTableFunction);
      api.run(api.tableFunctionName, function, arena.allocateFrom(PlannedQuery.ROWS));
      MemorySegment handleType = api.type(BIGINT);
      api.run(api.tableFunctionParameter, function, handleType);
      api.destroyType(arena, handleType);
      api.run(api.tableFunctionBind, function, callback("bind", ONE));
      api.run(api.tableFunctionInit, function, callback("init", ONE));
      api.run(api.tableFunctionRows, function, callback("rows", TWO));
      api.run(api.tableFunctionProjection, function, true);
      int state = (int) api.call(api.registerTableFunction, connection.handle(), function);
      MemorySegment holder = arena.allocate(ADDRESS);
      holder.set(ADDRESS, 0, function);
      api.run(api.destroyTableFunction, holder);
      if (state != 0) {
        throw new EngineException("cannot register " + PlannedQuery.ROWS);
      }
    }
  }

  private MemorySegment callback(String method, FunctionDescriptor descriptor) {
    try {
      MethodType type =
          descriptor == ONE
              ? MethodType.methodType(void.class, MemorySegment.class)
              : MethodType.methodType(void.class, MemorySegment.class, MemorySegment.class);
      return NativeApi.callback(
          MethodHandles.lookup().findVirtual(RowsFunction.class, method, type).bindTo(this),
          descriptor);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("table function callback", e);
    }
  }

  private Upcalls.RowSource source(long handle) {
    return upcalls
        .source(handle)
        .orElseThrow(() -> new BadRequestException("no such table function"));
  }

  @SuppressWarnings("unused") // called from C, like all that follow
  void bind(MemorySegment info) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = api.pointer(api.bindParameter, info, 0L);
      long handle = (long) api.call(api.valueLong, value);
      MemorySegment holder = arena.allocate(ADDRESS);
      holder.set(ADDRESS, 0, value);
      api.run(api.destroyValue, holder);
      Schema schema = source(handle).scan().function().schema();
      for (Field field : schema.getFields()) {
        MemorySegment type = types.create(arena, field);
        api.run(api.bindColumn, info, arena.allocateFrom(field.getName()), type);
        api.destroyType(arena, type);
      }
      api.run(api.bindData, info, MemorySegment.ofAddress(handle), MemorySegment.NULL);
    } catch (Throwable e) {
      report(api.bindError, info, e);
    }
  }

  @SuppressWarnings("unused")
  void init(MemorySegment info) {
    try {
      long handle = api.pointer(api.initBindData, info).address();
      int[] projection = new int[Math.toIntExact((long) api.call(api.initColumnCount, info))];
      for (int i = 0; i < projection.length; i++) {
        long column = (long) api.call(api.initColumn, info, (long) i);
        // Pseudo columns, as of count(*), have numbers beyond all others.
        projection[i] = column < 0 || column > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) column;
      }
      long scan =
          upcalls.open(handle, new OpenScan(source(handle), writer, vectorRows, projection));
      api.run(api.initData, info, MemorySegment.ofAddress(scan), destroy);
      // Rows keep their order.
      api.run(api.initMaxThreads, info, 1L);
    } catch (Throwable e) {
      report(api.initError, info, e);
    }
  }

  @SuppressWarnings("unused")
  void rows(MemorySegment info, MemorySegment chunk) {
    try {
      long handle = api.scanData(info);
      OpenScan scan =
          upcalls
              .scan(handle)
              .orElseThrow(() -> new BadRequestException("the table function has ended"));
      QueryRun run = scan.source().run();
      run.enterUpcall();
      try {
        api.setChunkSize(chunk, scan.fill(chunk));
      } catch (MicromegasException e) {
        run.stop(e);
        throw e;
      } finally {
        run.leaveUpcall();
      }
    } catch (Throwable e) {
      report(api.scanError, info, e);
    }
  }

  @SuppressWarnings("unused")
  void destroy(MemorySegment scan) {
    try {
      upcalls.close(scan.address());
    } catch (Throwable e) {
      LOG.warn("a table function cannot be closed", e);
    }
  }

  private void report(java.lang.invoke.MethodHandle setError, MemorySegment info, Throwable error) {
    try (Arena arena = Arena.ofConfined()) {
      String message = error.getMessage() == null ? error.toString() : error.getMessage();
      api.run(setError, info, arena.allocateFrom(message.replace('\0', ' ')));
    } catch (Throwable e) {
      LOG.error("a failure of a table function cannot be reported", e);
    }
  }
}
