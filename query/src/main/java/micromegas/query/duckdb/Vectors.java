package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static micromegas.query.duckdb.NativeApi.MEMORY;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import micromegas.common.CalendarNanos;

/// The arguments and the result of one call of a [KernelFunction], read and written in place.
///
/// Layouts: numbers and timestamps are plain arrays; an interval is `{int months, int days, long
/// micros}`; text and binary are 16 bytes, `{int length, 12 bytes}` up to 12 bytes and `{int
/// length, 4 bytes of prefix, pointer}` beyond. A validity mask has one bit per row, an absent mask
/// means that all rows are valid. A selection maps rows to positions in the data.
final class Vectors {
  private static final int INLINE_BYTES = 12;
  private static final int TEXT_BYTES = 16;

  private final NativeApi api;
  private final MemorySegment scratch;
  final long rows;
  private final long[] data;
  private final long[] validity;
  private final long[] selection;
  private final MemorySegment resultVector;
  private final long result;
  private final long resultValidity;

  Vectors(
      NativeApi api, int arguments, MemorySegment info, MemorySegment error, MemorySegment scratch)
      throws Throwable {
    this.api = api;
    this.scratch = scratch;
    this.rows = api.execRowCount(info, scratch, error);
    this.data = new long[arguments];
    this.validity = new long[arguments];
    this.selection = new long[arguments];
    for (int argument = 0; argument < arguments; argument++) {
      api.execArgumentView(info, argument, scratch, error);
      data[argument] = scratch.get(JAVA_LONG, 0);
      validity[argument] = scratch.get(JAVA_LONG, 8);
      selection[argument] = scratch.get(JAVA_LONG, 16);
    }
    this.resultVector = api.execResult(info, scratch, error);
    this.result = api.dataMutable(resultVector, scratch, error);
    this.resultValidity = api.validityMutable(resultVector, scratch, error);
  }

  private long position(int argument, long row) {
    long map = selection[argument];
    return map == 0 ? row : Integer.toUnsignedLong(MEMORY.get(JAVA_INT_UNALIGNED, map + 4 * row));
  }

  /// Whether every argument has a value in this row; if not, the result of the row is NULL.
  boolean present(long row) {
    for (int argument = 0; argument < data.length; argument++) {
      if (isNull(argument, row)) {
        setNull(row);
        return false;
      }
    }
    return true;
  }

  boolean isNull(int argument, long row) {
    long mask = validity[argument];
    if (mask == 0) {
      return false;
    }
    long at = position(argument, row);
    return (MEMORY.get(JAVA_LONG_UNALIGNED, mask + (at >>> 6) * 8) >>> (at & 63) & 1) == 0;
  }

  long getLong(int argument, long row) {
    return MEMORY.get(JAVA_LONG_UNALIGNED, data[argument] + 8 * position(argument, row));
  }

  int getInt(int argument, long row) {
    return MEMORY.get(JAVA_INT_UNALIGNED, data[argument] + 4 * position(argument, row));
  }

  double getDouble(int argument, long row) {
    return MEMORY.get(JAVA_DOUBLE_UNALIGNED, data[argument] + 8 * position(argument, row));
  }

  int intervalMonths(int argument, long row) {
    return MEMORY.get(JAVA_INT_UNALIGNED, data[argument] + 16 * position(argument, row));
  }

  /// The part of an interval that is not months, a day being 24 hours.
  ///
  /// @throws ArithmeticException beyond 292 years
  long intervalNanos(int argument, long row) {
    long at = data[argument] + 16 * position(argument, row);
    long days = MEMORY.get(JAVA_INT_UNALIGNED, at + 4);
    long micros = MEMORY.get(JAVA_LONG_UNALIGNED, at + 8);
    return Math.addExact(
        Math.multiplyExact(days, CalendarNanos.DAY), Math.multiplyExact(micros, 1_000L));
  }

  int length(int argument, long row) {
    return MEMORY.get(JAVA_INT_UNALIGNED, data[argument] + TEXT_BYTES * position(argument, row));
  }

  /// Address of the bytes of a text or binary value.
  long bytes(int argument, long row) {
    long at = data[argument] + TEXT_BYTES * position(argument, row);
    return MEMORY.get(JAVA_INT_UNALIGNED, at) <= INLINE_BYTES
        ? at + 4
        : MEMORY.get(JAVA_LONG_UNALIGNED, at + 8);
  }

  String getText(int argument, long row) {
    byte[] copy = new byte[length(argument, row)];
    MemorySegment.copy(MEMORY, JAVA_BYTE, bytes(argument, row), copy, 0, copy.length);
    return new String(copy, StandardCharsets.UTF_8);
  }

  /// Whether two rows have the same bytes in `argument`: lets kernels keep what they derived from a
  /// constant.
  boolean sameText(int argument, long row, long otherRow) {
    int length = length(argument, row);
    if (position(argument, row) == position(argument, otherRow)) {
      return true;
    }
    if (length != length(argument, otherRow)) {
      return false;
    }
    long a = bytes(argument, row);
    long b = bytes(argument, otherRow);
    return MemorySegment.mismatch(MEMORY, a, a + length, MEMORY, b, b + length) < 0;
  }

  void setNull(long row) {
    long word = resultValidity + (row >>> 6) * 8;
    MEMORY.set(
        JAVA_LONG_UNALIGNED, word, MEMORY.get(JAVA_LONG_UNALIGNED, word) & ~(1L << (row & 63)));
  }

  void setLong(long row, long value) {
    MEMORY.set(JAVA_LONG_UNALIGNED, result + 8 * row, value);
  }

  void setInt(long row, int value) {
    MEMORY.set(JAVA_INT_UNALIGNED, result + 4 * row, value);
  }

  void setDouble(long row, double value) {
    MEMORY.set(JAVA_DOUBLE_UNALIGNED, result + 8 * row, value);
  }

  void setBytes(long row, byte[] value) throws Throwable {
    MemorySegment source = MemorySegment.ofArray(value);
    setBytes(row, source, 0, value.length);
  }

  void setText(long row, String value) throws Throwable {
    setBytes(row, value.getBytes(StandardCharsets.UTF_8));
  }

  /// Sets a text or binary result from `length` bytes of `source`.
  void setBytes(long row, MemorySegment source, long offset, int length) throws Throwable {
    long at = result + TEXT_BYTES * row;
    MEMORY.set(JAVA_LONG_UNALIGNED, at, 0L);
    MEMORY.set(JAVA_LONG_UNALIGNED, at + 8, 0L);
    MEMORY.set(JAVA_INT_UNALIGNED, at, length);
    if (length <= INLINE_BYTES) {
      MemorySegment.copy(source, offset, MEMORY, at + 4, length);
      return;
    }
    long copy = api.allocate(resultVector, length, scratch);
    MemorySegment.copy(source, offset, MEMORY, copy, length);
    MemorySegment.copy(source, offset, MEMORY, at + 4, 4);
    MEMORY.set(JAVA_LONG_UNALIGNED, at + 8, copy);
  }
}
