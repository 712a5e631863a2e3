package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static micromegas.query.duckdb.NativeApi.MEMORY;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import micromegas.common.BadRequestException;
import micromegas.common.MicromegasException;
import micromegas.common.Nanos;
import micromegas.common.ResourceExhaustedException;
import micromegas.common.UnavailableException;
import micromegas.query.ScalarFunction;
import micromegas.query.plan.PlannedQuery;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The engine's functions `scalar_call_text(handle, arguments…)` and `scalar_call_binary`: they
/// call back a [ScalarFunction] of a running query. Arguments come as text.
final class ScalarCallbacks {
  private static final Logger LOG = LoggerFactory.getLogger(ScalarCallbacks.class);
  private static final int VARCHAR = 17;
  private static final int BLOB = 18;
  private static final int MAX_ARGUMENTS = 9;
  private static final FunctionDescriptor EXEC =
      FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS);

  private final NativeApi api;
  private final Upcalls upcalls;

  ScalarCallbacks(NativeApi api, Upcalls upcalls) {
    this.api = api;
    this.upcalls = upcalls;
  }

  void register(NativeConnection connection) {
    register(connection, PlannedQuery.CALL_TEXT, VARCHAR);
    register(connection, PlannedQuery.CALL_BINARY, BLOB);
  }

  private void register(NativeConnection connection, String name, int result) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment function = api.pointer(api.createScalar);
      MemorySegment text = api.type(VARCHAR);
      MemorySegment returned = api.type(result);
      api.run(api.scalarName, function, arena.allocateFrom(name));
      api.run(api.scalarVarargs, function, text);
      api.run(api.scalarReturn, function, returned);
      // Once for every row, with NULLs, and never while the query is planned.
      api.run(api.scalarVolatile, function);
      api.run(api.scalarNulls, function);
      MethodType type =
          MethodType.methodType(
              void.class, MemorySegment.class, MemorySegment.class, MemorySegment.class);
      api.run(
          api.scalarFunction,
          function,
          NativeApi.callback(
              MethodHandles.lookup().findVirtual(ScalarCallbacks.class, "run", type).bindTo(this),
              EXEC));
      int state = (int) api.call(api.registerScalar, connection.handle(), function);
      api.destroyType(arena, text);
      api.destroyType(arena, returned);
      MemorySegment holder = arena.allocate(ADDRESS);
      holder.set(ADDRESS, 0, function);
      api.run(api.destroyScalar, holder);
      if (state != 0) {
        throw new EngineException("cannot register " + name);
      }
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("scalar function callback", e);
    }
  }

  @SuppressWarnings("unused") // called from C
  void run(MemorySegment info, MemorySegment chunk, MemorySegment result) {
    try {
      int rows = Math.toIntExact(api.chunkSize(chunk));
      if (rows > 0) {
        call(chunk, rows, result);
      }
    } catch (Throwable e) {
      try (Arena arena = Arena.ofConfined()) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        api.run(api.scalarError, info, arena.allocateFrom(message.replace('\0', ' ')));
      } catch (Throwable failure) {
        LOG.error("a failure of a scalar function cannot be reported", failure);
      }
    }
  }

  private void call(MemorySegment chunk, int rows, MemorySegment result) throws Throwable {
    Texts handles = new Texts(api, api.chunkVector(chunk, 0));
    long handle = Long.parseLong(String.valueOf(handles.get(0)));
    Upcalls.Callback callback =
        upcalls
            .callback(handle)
            .orElseThrow(() -> new BadRequestException("no such scalar function"));
    List<ScalarFunction.Type> parameters = callback.function().parameters();
    if (parameters.size() >= MAX_ARGUMENTS) {
      throw new BadRequestException(callback.function().name() + " has too many parameters");
    }
    List<Texts> arguments = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      arguments.add(new Texts(api, api.chunkVector(chunk, i + 1)));
    }
    QueryRun run = callback.run();
    run.enterUpcall();
    try {
      call(callback, arguments, rows, result);
    } catch (MicromegasException e) {
      run.stop(e);
      throw e;
    } finally {
      run.leaveUpcall();
    }
  }

  private void call(Upcalls.Callback callback, List<Texts> arguments, int rows, MemorySegment out)
      throws Throwable {
    ScalarFunction function = callback.function();
    int step = Math.clamp(function.maxRows(), 1, 2_048);
    long bytes = 0;
    for (int first = 0; first < rows; first += step) {
      int count = Math.min(step, rows - first);
      List<@Nullable Object> results = results(function, arguments, first, count);
      for (int i = 0; i < count; i++) {
        bytes += write(out, first + i, results.get(i));
      }
      if (bytes > callback.run().memoryBytes()) {
        throw new ResourceExhaustedException(
            "the results of "
                + function.name()
                + " take more than the memory of the query (query-memory-mb) of "
                + (callback.run().memoryBytes() >> 20)
                + " MiB");
      }
    }
  }

  private static List<@Nullable Object> results(
      ScalarFunction function, List<Texts> arguments, int first, int count) {
    try {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      for (int row = first; row < first + count; row++) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
          String text = arguments.get(i).get(row);
          values.add(text == null ? null : parsed(text, function.parameters().get(i)));
        }
        rows.add(values);
      }
      List<@Nullable Object> results = function.call(rows);
      if (results.size() != count) {
        throw new IllegalStateException(results.size() + " results for " + count + " rows");
      }
      return results;
    } catch (MicromegasException e) {
      throw e;
    } catch (RuntimeException e) {
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new UnavailableException(function.name() + " failed: " + message, e);
    }
  }

  private static Object parsed(String text, ScalarFunction.Type type) {
    return switch (type) {
      case TEXT -> text;
      case BINARY -> HexFormat.of().parseHex(text);
      case INT64 -> Long.parseLong(text);
      case FLOAT64 -> number(text);
      case BOOLEAN -> Boolean.parseBoolean(text);
      case TIME -> Nanos.toInstant(Long.parseLong(text));
    };
  }

  /// The engine's spelling of infinities is not Java's.
  private static double number(String text) {
    return switch (text) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      case "nan", "-nan" -> Double.NaN;
      default -> Double.parseDouble(text);
    };
  }

  /// @return bytes written
  private long write(MemorySegment result, int row, @Nullable Object value) throws Throwable {
    if (value == null) {
      long mask = api.writableValidity(result) + (row >>> 6) * 8L;
      long bits = MEMORY.get(JAVA_LONG_UNALIGNED, mask);
      MEMORY.set(JAVA_LONG_UNALIGNED, mask, bits & ~(1L << (row & 63)));
      return 0;
    }
    byte[] bytes =
        switch (value) {
          case byte[] binary -> binary;
          case Instant time ->
              Long.toString(Nanos.fromInstant(time)).getBytes(StandardCharsets.UTF_8);
          default -> value.toString().getBytes(StandardCharsets.UTF_8);
        };
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(Math.max(1, bytes.length));
      MemorySegment.copy(bytes, 0, copy, JAVA_BYTE, 0, bytes.length);
      api.assignText(result, row, copy, bytes.length);
    }
    return bytes.length;
  }

  /// A flat vector of text.
  private static final class Texts {
    private static final int TEXT_BYTES = 16;
    private static final int INLINE_BYTES = 12;
    private final long data;
    private final long validity;

    Texts(NativeApi api, MemorySegment vector) throws Throwable {
      this.data = api.vectorData(vector);
      this.validity = api.vectorValidity(vector);
    }

    @Nullable String get(int row) {
      if (validity != 0
          && (MEMORY.get(JAVA_LONG_UNALIGNED, validity + (row >>> 6) * 8L) >>> (row & 63) & 1)
              == 0) {
        return null;
      }
      long at = data + (long) TEXT_BYTES * row;
      int length = MEMORY.get(JAVA_INT_UNALIGNED, at);
      long bytes = length <= INLINE_BYTES ? at + 4 : MEMORY.get(JAVA_LONG_UNALIGNED, at + 8);
      byte[] copy = new byte[length];
      MemorySegment.copy(MEMORY, JAVA_BYTE, bytes, copy, 0, length);
      return new String(copy, StandardCharsets.UTF_8);
    }
  }
}
