package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static micromegas.query.duckdb.NativeApi.MEMORY;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import micromegas.common.CalendarNanos;

/// Casts of `TIMESTAMPTZ_NS` that the engine lacks. The implicit one from `TIMESTAMPTZ` is what
/// lets `time >= now() - INTERVAL '1 hour'` bind, with push-down into the scan.
final class CastRegistrar {
  private static final FunctionDescriptor CALL =
      FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
  private static final int EXPLICIT_ONLY = -1;
  // Type ids from the header duckdb.h.
  private static final int BIGINT = 5;
  private static final int FLOAT = 10;
  private static final int DOUBLE = 11;
  private static final int TIMESTAMP = 12;
  private static final int INTERVAL = 15;
  private static final int TIMESTAMP_TZ = 31;
  private static final int TIMESTAMP_TZ_NS = 42;

  private final NativeApi api;
  private final MemorySegment connection;

  CastRegistrar(NativeApi api, NativeConnection connection) {
    this.api = api;
    this.connection = connection.handle();
  }

  private interface Conversion {
    /// Converts the value at address `from`.
    long convert(long from);
  }

  void registerAll() {
    register(TIMESTAMP_TZ, TIMESTAMP_TZ_NS, 50, 8, CastRegistrar::microsToNanos);
    register(TIMESTAMP_TZ_NS, BIGINT, EXPLICIT_ONLY, 8, CastRegistrar::longAt);
    register(BIGINT, TIMESTAMP_TZ_NS, EXPLICIT_ONLY, 8, CastRegistrar::longAt);
    register(
        TIMESTAMP_TZ_NS, TIMESTAMP, EXPLICIT_ONLY, 8, from -> Math.floorDiv(longAt(from), 1_000L));
    // The engine's own cast rounds, which moves a time into the future.
    register(
        TIMESTAMP_TZ_NS,
        TIMESTAMP_TZ,
        EXPLICIT_ONLY,
        8,
        from -> Math.floorDiv(longAt(from), 1_000L));
    // `end_time - begin_time > INTERVAL '1 second'`: differences of times are nanoseconds.
    register(INTERVAL, BIGINT, 500, 16, CastRegistrar::intervalNanos);
    // The engine's own casts of floating point round.
    for (IntegerType type : IntegerType.values()) {
      for (int source : new int[] {FLOAT, DOUBLE}) {
        register(source, type.id, EXPLICIT_ONLY, new TruncatingCast(api, source == FLOAT, type));
      }
    }
  }

  private static long longAt(long from) {
    return MEMORY.get(JAVA_LONG_UNALIGNED, from);
  }

  /// Saturates: beyond the year 2262 a plain product would wrap around and turn `time <
  /// '9999-12-31'` false. The extreme values stand for infinity in both types.
  private static long microsToNanos(long from) {
    long micros = longAt(from);
    long limit = Long.MAX_VALUE / 1_000;
    if (micros >= limit) {
      return micros == Long.MAX_VALUE ? micros : Long.MAX_VALUE - 1;
    }
    if (micros <= -limit) {
      return micros == -Long.MAX_VALUE ? micros : -Long.MAX_VALUE + 1;
    }
    return micros * 1_000;
  }

  /// A month counts as 30 days, as in the engine's own comparison of intervals.
  private static long intervalNanos(long from) {
    long months = MEMORY.get(JAVA_INT_UNALIGNED, from);
    long days = MEMORY.get(JAVA_INT_UNALIGNED, from + 4);
    return (months * 30 + days) * CalendarNanos.DAY + longAt(from + 8) * 1_000;
  }

  private void register(int source, int target, long cost, int width, Conversion conversion) {
    register(source, target, cost, new Call(api, width, conversion));
  }

  private void register(int source, int target, long cost, CastKernel kernel) {
    MemorySegment callback;
    try {
      callback =
          NativeApi.callback(
              MethodHandles.lookup()
                  .findVirtual(
                      CastKernel.class,
                      "run",
                      MethodType.methodType(
                          boolean.class,
                          MemorySegment.class,
                          long.class,
                          MemorySegment.class,
                          MemorySegment.class))
                  .bindTo(kernel),
              CALL);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cast callback", e);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cast = api.pointer(api.createCast);
      MemorySegment from = api.type(source);
      MemorySegment to = api.type(target);
      api.run(api.castSource, cast, from);
      api.run(api.castTarget, cast, to);
      api.run(api.castCost, cast, cost);
      api.run(api.castFunction, cast, callback);
      int state = (int) api.call(api.registerCast, connection, cast);
      api.destroyType(arena, from);
      api.destroyType(arena, to);
      if (state != 0) {
        throw new EngineException("cannot register the cast from " + source + " to " + target);
      }
    }
  }

  private record Call(NativeApi api, int width, Conversion conversion) implements CastKernel {
    @Override
    public boolean run(MemorySegment info, long count, MemorySegment input, MemorySegment output) {
      try {
        long from = api.vectorData(input);
        long to = api.vectorData(output);
        for (long row = 0; row < count; row++) {
          MEMORY.set(JAVA_LONG_UNALIGNED, to + 8 * row, conversion.convert(from + width * row));
        }
        long mask = api.vectorValidity(input);
        if (mask != 0) {
          long words = (count + 63) / 64;
          MemorySegment.copy(MEMORY, mask, MEMORY, api.writableValidity(output), words * 8);
        }
        return true;
      } catch (Throwable e) {
        return false;
      }
    }
  }
}
