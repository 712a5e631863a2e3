package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static micromegas.query.duckdb.NativeApi.MEMORY;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `make_histogram(start, end, nb_bins, value)`: an aggregate whose result is the struct `start,
/// end, min, max, sum, sum_sq, count, bins`.
///
/// State of a group, all fields of 8 bytes:
///
/// ```
/// 0 start | 8 end | 16 min | 24 max | 32 sum | 40 sum_sq | 48 count | 56 nb_bins | 64 bins pointer
/// ```
final class HistogramAggregate {
  private static final Logger LOG = LoggerFactory.getLogger(HistogramAggregate.class);
  private static final int DOUBLE = 11;
  private static final int BIGINT = 5;
  private static final int UBIGINT = 9;
  private static final int STATE_BYTES = 72;
  private static final int COUNT = 48;
  private static final int BIN_COUNT = 56;
  private static final int BINS = 64;
  private static final long MAX_BINS = 1_000_000;
  private static final List<String> FIELDS =
      List.of("start", "end", "min", "max", "sum", "sum_sq", "count", "bins");

  private final NativeApi api;
  private final MemorySegment connection;
  private final MethodHandle allocate;
  private final MethodHandle free;

  HistogramAggregate(NativeApi api, NativeConnection connection) {
    this.api = api;
    this.connection = connection.handle();
    this.allocate =
        NativeSymbols.LINKER.downcallHandle(
            NativeSymbols.LINKER.defaultLookup().find("calloc").orElseThrow(),
            FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));
    this.free =
        NativeSymbols.LINKER.downcallHandle(
            NativeSymbols.LINKER.defaultLookup().find("free").orElseThrow(),
            FunctionDescriptor.ofVoid(ADDRESS));
  }

  /// Registers it under `name`; both names mean the same to the engine.
  void register(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment function = api.pointer(api.createAggregate);
      api.run(api.aggregateName, function, arena.allocateFrom(name));
      for (int type : new int[] {DOUBLE, DOUBLE, BIGINT, DOUBLE}) {
        MemorySegment parameter = api.type(type);
        api.run(api.aggregateParameter, function, parameter);
        api.destroyType(arena, parameter);
      }
      MemorySegment result = resultType(arena);
      api.run(api.aggregateReturn, function, result);
      api.destroyType(arena, result);
      api.run(
          api.aggregateFunctions,
          function,
          callback("stateSize", long.class, MemorySegment.class),
          callback("initialize", void.class, MemorySegment.class, MemorySegment.class),
          callback(
              "update", void.class, MemorySegment.class, MemorySegment.class, MemorySegment.class),
          callback(
              "combine",
              void.class,
              MemorySegment.class,
              MemorySegment.class,
              MemorySegment.class,
              long.class),
          callback(
              "finish",
              void.class,
              MemorySegment.class,
              MemorySegment.class,
              MemorySegment.class,
              long.class,
              long.class));
      api.run(
          api.aggregateDestructor,
          function,
          callback("destroy", void.class, MemorySegment.class, long.class));
      int state = (int) api.call(api.registerAggregate, connection, function);
      if (state != 0) {
        throw new EngineException("cannot register " + name);
      }
    }
  }

  private MemorySegment resultType(Arena arena) {
    int fields = FIELDS.size();
    MemorySegment types = arena.allocate(ADDRESS, fields);
    MemorySegment names = arena.allocate(ADDRESS, fields);
    for (int i = 0; i < fields; i++) {
      MemorySegment type = api.type(i < 6 ? DOUBLE : UBIGINT);
      types.setAtIndex(ADDRESS, i, i == fields - 1 ? api.pointer(api.createListType, type) : type);
      names.setAtIndex(ADDRESS, i, arena.allocateFrom(FIELDS.get(i)));
    }
    return api.pointer(api.createStructType, types, names, (long) fields);
  }

  private MemorySegment callback(String method, Class<?> result, Class<?>... arguments) {
    MemoryLayout[] layouts = new MemoryLayout[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      layouts[i] = arguments[i] == long.class ? JAVA_LONG : ADDRESS;
    }
    try {
      MethodHandle handle =
          MethodHandles.lookup()
              .findVirtual(
                  HistogramAggregate.class, method, MethodType.methodType(result, arguments))
              .bindTo(this);
      return NativeApi.callback(
          handle,
          result == void.class
              ? FunctionDescriptor.ofVoid(layouts)
              : FunctionDescriptor.of(JAVA_LONG, layouts));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("aggregate callback", e);
    }
  }

  private static double getDouble(long address) {
    return MEMORY.get(JAVA_DOUBLE_UNALIGNED, address);
  }

  private static void setDouble(long address, double value) {
    MEMORY.set(JAVA_DOUBLE_UNALIGNED, address, value);
  }

  private static long getLong(long address) {
    return MEMORY.get(JAVA_LONG_UNALIGNED, address);
  }

  private static void setLong(long address, long value) {
    MEMORY.set(JAVA_LONG_UNALIGNED, address, value);
  }

  @SuppressWarnings("unused") // called from C, like all that follow
  long stateSize(MemorySegment info) {
    return STATE_BYTES;
  }

  @SuppressWarnings("unused")
  void initialize(MemorySegment info, MemorySegment state) {
    state.reinterpret(STATE_BYTES).fill((byte) 0);
  }

  private void configure(long state, double start, double end, long bins) throws Throwable {
    if (bins < 1) {
      throw new IllegalArgumentException("nb_bins must be >= 1, got " + bins);
    }
    if (bins > MAX_BINS) {
      throw new IllegalArgumentException("nb_bins must be <= " + MAX_BINS + ", got " + bins);
    }
    if (!Double.isFinite(start)) {
      throw new IllegalArgumentException("start must be finite, got " + start);
    }
    if (!Double.isFinite(end)) {
      throw new IllegalArgumentException("end must be finite, got " + end);
    }
    if (start > end) {
      throw new IllegalArgumentException("start (" + start + ") must be <= end (" + end + ")");
    }
    MemorySegment memory = (MemorySegment) allocate.invokeExact(bins, 8L);
    setDouble(state, start);
    setDouble(state + 8, end);
    setDouble(state + 16, Double.MAX_VALUE);
    setDouble(state + 24, -Double.MAX_VALUE);
    setLong(state + BINS, memory.address());
    setLong(state + BIN_COUNT, bins);
  }

  @SuppressWarnings("unused")
  void update(MemorySegment info, MemorySegment chunk, MemorySegment states) {
    try {
      long rows = api.chunkSize(chunk);
      long[] data = new long[4];
      long[] valid = new long[4];
      for (int column = 0; column < 4; column++) {
        MemorySegment vector = api.chunkVector(chunk, column);
        data[column] = api.vectorData(vector);
        valid[column] = api.vectorValidity(vector);
      }
      for (long row = 0; row < rows; row++) {
        long state = getLong(states.address() + 8 * row);
        if (getLong(state + BIN_COUNT) == 0) {
          requireBounds(valid, row);
          configure(
              state,
              getDouble(data[0] + 8 * row),
              getDouble(data[1] + 8 * row),
              getLong(data[2] + 8 * row));
        }
        if (isValid(valid[3], row)) {
          add(state, getDouble(data[3] + 8 * row));
        }
      }
    } catch (Throwable e) {
      fail(info, e);
    }
  }

  private static boolean isValid(long mask, long row) {
    return mask == 0 || (getLong(mask + (row >>> 6) * 8) >>> (row & 63) & 1) != 0;
  }

  private static void requireBounds(long[] valid, long row) {
    String[] names = {"start", "end", "nb_bins"};
    for (int i = 0; i < names.length; i++) {
      if (!isValid(valid[i], row)) {
        throw new IllegalArgumentException(names[i] + " argument is null");
      }
    }
  }

  private static void add(long state, double value) {
    double start = getDouble(state);
    long bins = getLong(state + BIN_COUNT);
    double width = (getDouble(state + 8) - start) / bins;
    // A NaN converts to bin 0, an infinity to the nearest end.
    long bin = (long) Math.floor((value - start) / width);
    long address = getLong(state + BINS) + 8 * Math.clamp(bin, 0, bins - 1);
    setLong(address, getLong(address) + 1);
    if (value < getDouble(state + 16)) {
      setDouble(state + 16, value);
    }
    if (value > getDouble(state + 24)) {
      setDouble(state + 24, value);
    }
    setDouble(state + 32, getDouble(state + 32) + value);
    setDouble(state + 40, getDouble(state + 40) + value * value);
    setLong(state + COUNT, getLong(state + COUNT) + 1);
  }

  @SuppressWarnings("unused")
  void combine(MemorySegment info, MemorySegment sources, MemorySegment targets, long count) {
    try {
      for (long i = 0; i < count; i++) {
        long source = getLong(sources.address() + 8 * i);
        long target = getLong(targets.address() + 8 * i);
        if (getLong(source + BIN_COUNT) > 0) {
          combine(source, target);
        }
      }
    } catch (Throwable e) {
      fail(info, e);
    }
  }

  private void combine(long source, long target) throws Throwable {
    long bins = getLong(source + BIN_COUNT);
    if (getLong(target + BIN_COUNT) == 0) {
      configure(target, getDouble(source), getDouble(source + 8), bins);
    } else if (getLong(target + BIN_COUNT) != bins
        || getDouble(target) != getDouble(source)
        || getDouble(target + 8) != getDouble(source + 8)) {
      throw new IllegalArgumentException("bounds/bins changed between batches");
    }
    setDouble(target + 16, Math.min(getDouble(source + 16), getDouble(target + 16)));
    setDouble(target + 24, Math.max(getDouble(source + 24), getDouble(target + 24)));
    setDouble(target + 32, getDouble(source + 32) + getDouble(target + 32));
    setDouble(target + 40, getDouble(source + 40) + getDouble(target + 40));
    setLong(target + COUNT, getLong(source + COUNT) + getLong(target + COUNT));
    for (long bin = 0; bin < bins; bin++) {
      long address = getLong(target + BINS) + 8 * bin;
      setLong(address, getLong(address) + getLong(getLong(source + BINS) + 8 * bin));
    }
  }

  @SuppressWarnings("unused")
  void finish(
      MemorySegment info, MemorySegment states, MemorySegment result, long count, long offset) {
    try {
      long[] fields = new long[FIELDS.size() - 1];
      for (int field = 0; field < fields.length; field++) {
        fields[field] =
            api.vectorData((MemorySegment) api.structChild.invokeExact(result, (long) field));
      }
      MemorySegment bins =
          (MemorySegment) api.structChild.invokeExact(result, (long) fields.length);
      long lists = api.vectorData(bins);
      for (long i = 0; i < count; i++) {
        long state = getLong(states.address() + 8 * i);
        long row = offset + i;
        long binCount = getLong(state + BIN_COUNT);
        for (int field = 0; field < fields.length; field++) {
          setLong(fields[field] + 8 * row, getLong(state + 8L * field));
        }
        long size = (long) api.listSize.invokeExact(bins);
        int reserved = (int) api.listReserve.invokeExact(bins, size + binCount);
        if (reserved != 0) {
          throw new IllegalStateException("no memory for bins");
        }
        long child = api.vectorData((MemorySegment) api.listChild.invokeExact(bins));
        if (binCount > 0) {
          MemorySegment.copy(MEMORY, getLong(state + BINS), MEMORY, child + 8 * size, 8 * binCount);
        } else {
          clearValidity(result, row);
        }
        int resized = (int) api.listSetSize.invokeExact(bins, size + binCount);
        if (resized != 0) {
          throw new IllegalStateException("no memory for bins");
        }
        setLong(lists + 16 * row, size);
        setLong(lists + 16 * row + 8, binCount);
      }
    } catch (Throwable e) {
      fail(info, e);
    }
  }

  /// A group without rows has no histogram.
  private void clearValidity(MemorySegment result, long row) throws Throwable {
    long word = api.writableValidity(result) + (row >>> 6) * 8;
    setLong(word, getLong(word) & ~(1L << (row & 63)));
  }

  @SuppressWarnings("unused")
  void destroy(MemorySegment states, long count) {
    try {
      for (long i = 0; i < count; i++) {
        long state = getLong(states.address() + 8 * i);
        if (getLong(state + BINS) != 0) {
          free.invokeExact(MemorySegment.ofAddress(getLong(state + BINS)));
          setLong(state + BINS, 0);
        }
      }
    } catch (Throwable e) {
      // Nothing can be reported from here, and nothing may be thrown through C.
      LOG.error("releasing memory of a histogram", e);
    }
  }

  private void fail(MemorySegment info, Throwable error) {
    try (Arena arena = Arena.ofConfined()) {
      api.run(
          api.aggregateError, info, arena.allocateFrom("make_histogram: " + error.getMessage()));
    }
  }
}
