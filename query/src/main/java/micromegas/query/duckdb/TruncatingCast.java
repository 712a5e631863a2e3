package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static micromegas.query.duckdb.NativeApi.MEMORY;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Floating point to integer, cutting the fraction off. NaN and values out of range are errors of
/// CAST and NULL of TRY_CAST.
record TruncatingCast(NativeApi api, boolean singlePrecision, IntegerType target)
    implements CastKernel {
  private static final int TRY = 1;
  private static final double TWO_TO_63 = 0x1p63;

  @Override
  public boolean run(MemorySegment info, long count, MemorySegment input, MemorySegment output) {
    try {
      long from = api.vectorData(input);
      long to = api.vectorData(output);
      long mask = api.vectorValidity(input);
      if (mask != 0) {
        long words = (count + 63) / 64;
        MemorySegment.copy(MEMORY, mask, MEMORY, api.writableValidity(output), words * 8);
      }
      boolean all = true;
      for (long row = 0; row < count; row++) {
        if (mask != 0
            && (MEMORY.get(JAVA_LONG_UNALIGNED, mask + (row >>> 6) * 8) >>> (row & 63) & 1) == 0) {
          continue;
        }
        double value =
            singlePrecision
                ? MEMORY.get(JAVA_FLOAT_UNALIGNED, from + 4 * row)
                : MEMORY.get(JAVA_DOUBLE_UNALIGNED, from + 8 * row);
        double whole = value < 0 ? Math.ceil(value) : Math.floor(value);
        if (whole >= target.min && whole < target.end) {
          set(to + target.bytes * row, whole);
        } else {
          all = false;
          if (!report(info, value, row, output)) {
            return false;
          }
        }
      }
      return all;
    } catch (Throwable e) {
      return false;
    }
  }

  private void set(long at, double whole) {
    long value = whole < TWO_TO_63 ? (long) whole : (long) (whole - TWO_TO_63) + Long.MIN_VALUE;
    switch (target.bytes) {
      case 1 -> MEMORY.set(JAVA_BYTE, at, (byte) value);
      case 2 -> MEMORY.set(JAVA_SHORT_UNALIGNED, at, (short) value);
      case 4 -> MEMORY.set(JAVA_INT_UNALIGNED, at, (int) value);
      default -> MEMORY.set(JAVA_LONG_UNALIGNED, at, value);
    }
  }

  /// @return whether the other rows are still wanted
  private boolean report(MemorySegment info, double value, long row, MemorySegment output) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text =
          arena.allocateFrom("Can't cast value " + value + " to type " + target.name());
      if ((int) api.call(api.castMode, info) == TRY) {
        api.run(api.castRowError, info, text, row, output);
        return true;
      }
      api.run(api.castError, info, text);
      return false;
    }
  }
}
