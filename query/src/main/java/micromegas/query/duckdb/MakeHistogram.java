package micromegas.query.duckdb;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// `make_histogram(start, end, nb_bins, value)`: counts values in bins of equal width. The first
/// and the last bin also count what lies beyond.
final class MakeHistogram extends HistogramAggregate {
  MakeHistogram(NativeApi api) {
    super(api);
  }

  @Override
  List<MemorySegment> parameters(Arena arena) {
    return List.of(api.type(DOUBLE), api.type(DOUBLE), api.type(BIGINT), api.type(DOUBLE));
  }

  @Override
  String incompatible() {
    return "make_histogram: bounds/bins changed between batches";
  }

  @Override
  void add(MemorySegment chunk, MemorySegment states) throws Throwable {
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
  }

  private static void requireBounds(long[] valid, long row) {
    String[] names = {"start", "end", "nb_bins"};
    for (int i = 0; i < names.length; i++) {
      if (!isValid(valid[i], row)) {
        throw new IllegalArgumentException("make_histogram: " + names[i] + " argument is null");
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
}
