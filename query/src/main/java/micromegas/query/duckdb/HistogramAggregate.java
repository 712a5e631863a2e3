package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static micromegas.query.duckdb.NativeApi.MEMORY;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// An aggregate whose result is the struct `start, end, min, max, sum, sum_sq, count, bins`; what
/// goes in is up to the subclass.
///
/// State of a group, all fields of 8 bytes:
///
/// ```
/// 0 start | 8 end | 16 min | 24 max | 32 sum | 40 sum_sq | 48 count | 56 nb_bins | 64 bins pointer
/// ```
abstract class HistogramAggregate extends EngineAggregate {
  private static final int STATE_BYTES = 72;
  static final int COUNT = 48;
  static final int BIN_COUNT = 56;
  static final int BINS = 64;
  private static final long MAX_BINS = 1_000_000;
  static final List<String> FIELDS =
      List.of("start", "end", "min", "max", "sum", "sum_sq", "count", "bins");

  HistogramAggregate(NativeApi api) {
    super(api, STATE_BYTES, BINS);
  }

  /// Two histograms of a group do not fit.
  abstract String incompatible();

  @Override
  final MemorySegment result(Arena arena) {
    return histogramType(arena);
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
    setDouble(state, start);
    setDouble(state + 8, end);
    setDouble(state + 16, Double.MAX_VALUE);
    setDouble(state + 24, -Double.MAX_VALUE);
    long unused = own(state, bins);
    setLong(state + BIN_COUNT, bins);
  }

  @Override
  final void combine(long source, long target) throws Throwable {
    long bins = getLong(source + BIN_COUNT);
    if (bins == 0) {
      return;
    }
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

  @Override
  final void finish(MemorySegment states, MemorySegment result, long count, long offset)
      throws Throwable {
    long[] fields = new long[FIELDS.size() - 1];
    for (int field = 0; field < fields.length; field++) {
      fields[field] =
          api.vectorData((MemorySegment) api.structChild.invokeExact(result, (long) field));
    }
    MemorySegment bins = (MemorySegment) api.structChild.invokeExact(result, (long) fields.length);
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
        setNull(result, row);
      }
      int resized = (int) api.listSetSize.invokeExact(bins, size + binCount);
      if (resized != 0) {
        throw new IllegalStateException("no memory for bins");
      }
      setLong(lists + 16 * row, size);
      setLong(lists + 16 * row + 8, binCount);
    }
  }
}
