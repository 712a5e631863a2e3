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

/// An aggregate whose result is the struct `start, end, min, max, sum, sum_sq, count, bins`; what
/// goes in is up to the subclass.
///
/// State of a group, all fields of 8 bytes:
///
/// ```
/// 0 start | 8 end | 16 min | 24 max | 32 sum | 40 sum_sq | 48 count | 56 nb_bins | 64 bins pointer
/// ```
abstract class HistogramAggregate {
  private static final Logger LOG = LoggerFactory.getLogger(HistogramAggregate.class);
  static final int DOUBLE = 11;
  static final int BIGINT = 5;
  private static final int UBIGINT = 9;
  private static final int STATE_BYTES = 72;
  static final int COUNT = 48;
  static final int BIN_COUNT = 56;
  static final int BINS = 64;
  private static final long MAX_BINS = 1_000_000;
  static final List<String> FIELDS =
      List.of("start", "end", "min", "max", "sum", "sum_sq", "count", "bins");

  final NativeApi api;
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

  /// Types of the arguments; the caller destroys them.
  abstract List<MemorySegment> parameters(Arena arena);

  /// Adds the rows of `chunk` to the states at the addresses in `states`.
  abstract void add(MemorySegment chunk, MemorySegment states) throws Throwable;

  /// Two histograms of a group do not fit.
  abstract String incompatible();

  /// Registers it under `name`.
  final void register(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment function = api.pointer(api.createAggregate);
      api.run(api.aggregateName, function, arena.allocateFrom(name));
      for (MemorySegment parameter : parameters(arena)) {
        api.run(api.aggregateParameter, function, parameter);
        api.destroyType(arena, parameter);
      }
      MemorySegment result = histogramType(arena);
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

  final MemorySegment histogramType(Arena arena) {
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

  static double getDouble(long address) {
    return MEMORY.get(JAVA_DOUBLE_UNALIGNED, address);
  }

  static void setDouble(long address, double value) {
    MEMORY.set(JAVA_DOUBLE_UNALIGNED, address, value);
  }

  static long getLong(long address) {
    return MEMORY.get(JAVA_LONG_UNALIGNED, address);
  }

  static void setLong(long address, long value) {
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

  /// Gives a state its bounds and empty bins.
  final void configure(long state, double start, double end, long bins) throws Throwable {
    if (bins < 1) {
      throw new IllegalArgumentException("make_histogram: nb_bins must be >= 1, got " + bins);
    }
    if (bins > MAX_BINS) {
      throw new IllegalArgumentException(
          "make_histogram: nb_bins must be <= " + MAX_BINS + ", got " + bins);
    }
    if (!Double.isFinite(start)) {
      throw new IllegalArgumentException("make_histogram: start must be finite, got " + start);
    }
    if (!Double.isFinite(end)) {
      throw new IllegalArgumentException("make_histogram: end must be finite, got " + end);
    }
    if (start > end) {
      throw new IllegalArgumentException(
          "make_histogram: start (" + start + ") must be <= end (" + end + ")");
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
      add(chunk, states);
    } catch (Throwable e) {
      fail(info, e);
    }
  }

  static boolean isValid(long mask, long row) {
    return mask == 0 || (getLong(mask + (row >>> 6) * 8) >>> (row & 63) & 1) != 0;
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
    requireBounds(target, getDouble(source), getDouble(source + 8), bins);
    merge(
        target,
        getDouble(source + 16),
        getDouble(source + 24),
        getDouble(source + 32),
        getDouble(source + 40),
        getLong(source + COUNT));
    addBins(target, getLong(source + BINS), bins);
  }

  /// Gives a new state these bounds, and makes sure that any other has them.
  final void requireBounds(long state, double start, double end, long bins) throws Throwable {
    if (getLong(state + BIN_COUNT) == 0) {
      configure(state, start, end, bins);
    } else if (getLong(state + BIN_COUNT) != bins
        || getDouble(state) != start
        || getDouble(state + 8) != end) {
      throw new IllegalArgumentException(incompatible());
    }
  }

  static void merge(long state, double min, double max, double sum, double squares, long count) {
    setDouble(state + 16, Math.min(min, getDouble(state + 16)));
    setDouble(state + 24, Math.max(max, getDouble(state + 24)));
    setDouble(state + 32, sum + getDouble(state + 32));
    setDouble(state + 40, squares + getDouble(state + 40));
    setLong(state + COUNT, count + getLong(state + COUNT));
  }

  static void addBins(long state, long from, long bins) {
    long to = getLong(state + BINS);
    for (long bin = 0; bin < bins; bin++) {
      setLong(to + 8 * bin, getLong(to + 8 * bin) + getLong(from + 8 * bin));
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
      api.run(api.aggregateError, info, arena.allocateFrom(String.valueOf(error.getMessage())));
    }
  }
}
