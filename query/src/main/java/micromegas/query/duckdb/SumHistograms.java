package micromegas.query.duckdb;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// `sum_histograms(h)`: one histogram of several with the same bounds. NULL is skipped.
final class SumHistograms extends HistogramAggregate {
  SumHistograms(NativeApi api) {
    super(api);
  }

  @Override
  List<MemorySegment> parameters(Arena arena) {
    return List.of(histogramType(arena));
  }

  @Override
  String incompatible() {
    return "Error merging incompatible histograms";
  }

  @Override
  void add(MemorySegment chunk, MemorySegment states) throws Throwable {
    long rows = api.chunkSize(chunk);
    MemorySegment histograms = api.chunkVector(chunk, 0);
    long valid = api.vectorValidity(histograms);
    int last = FIELDS.size() - 1;
    long[] fields = new long[last];
    for (int field = 0; field < last; field++) {
      fields[field] =
          api.vectorData((MemorySegment) api.structChild.invokeExact(histograms, (long) field));
    }
    MemorySegment lists = (MemorySegment) api.structChild.invokeExact(histograms, (long) last);
    long entries = api.vectorData(lists);
    long bins = api.vectorData((MemorySegment) api.listChild.invokeExact(lists));
    for (long row = 0; row < rows; row++) {
      if (!isValid(valid, row)) {
        continue;
      }
      long state = getLong(states.address() + 8 * row);
      long count = getLong(entries + 16 * row + 8);
      requireBounds(state, getDouble(fields[0] + 8 * row), getDouble(fields[1] + 8 * row), count);
      merge(
          state,
          getDouble(fields[2] + 8 * row),
          getDouble(fields[3] + 8 * row),
          getDouble(fields[4] + 8 * row),
          getDouble(fields[5] + 8 * row),
          getLong(fields[6] + 8 * row));
      addBins(state, bins + 8 * getLong(entries + 16 * row), count);
    }
  }
}
