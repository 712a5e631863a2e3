package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static micromegas.query.duckdb.NativeApi.MEMORY;

import java.lang.foreign.MemorySegment;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ViewVarBinaryVector;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;

/// Copies rows of Arrow vectors into vectors of the engine: numbers as blocks of memory, text and
/// bytes into memory of the target vector.
final class VectorWriter {
  private static final int TEXT_BYTES = 16;
  private static final int INLINE_BYTES = 12;
  private static final int LIST_ENTRY_BYTES = 16;
  private static final long DAY_MILLIS = 86_400_000;

  private final NativeApi api;

  VectorWriter(NativeApi api) {
    this.api = api;
  }

  MemorySegment column(MemorySegment chunk, int index) throws Throwable {
    return api.chunkVector(chunk, index);
  }

  /// Writes `count` rows of `source`, from `first` on, to the start of `target`.
  ///
  /// @param dictionaries of encoded vectors
  void write(
      FieldVector source,
      DictionaryProvider dictionaries,
      int first,
      int count,
      MemorySegment target)
      throws Throwable {
    write(source, dictionaries, first, count, target, 0);
  }

  private void write(
      FieldVector source,
      DictionaryProvider dictionaries,
      int first,
      int count,
      MemorySegment target,
      long at)
      throws Throwable {
    DictionaryEncoding encoding = source.getField().getDictionary();
    if (encoding != null && source instanceof BaseIntVector indices) {
      Dictionary dictionary = dictionaries.lookup(encoding.getId());
      if (dictionary == null) {
        throw new IllegalStateException("no dictionary " + encoding.getId());
      }
      writeEncoded(indices, dictionary.getVector(), dictionaries, first, count, target, at);
      return;
    }
    writeValidity(source, first, count, target, at);
    switch (source) {
      case BitVector bits -> writeBits(bits, first, count, target, at);
      case TimeStampVector times -> writeTimes(times, first, count, target, at);
      case DateMilliVector dates -> writeDates(dates, first, count, target, at);
      case FixedSizeBinaryVector binary -> writeFixedBinary(binary, first, count, target, at);
      case BaseFixedWidthVector numbers -> {
        long width = numbers.getTypeWidth();
        MemorySegment.copy(
            MEMORY,
            numbers.getDataBuffer().memoryAddress() + width * first,
            MEMORY,
            api.vectorData(target) + width * at,
            width * count);
      }
      case BaseVariableWidthVector texts -> {
        long offsets = texts.getOffsetBuffer().memoryAddress();
        long bytes = texts.getDataBuffer().memoryAddress();
        boolean text = source instanceof VarCharVector;
        for (int i = 0; i < count; i++) {
          if (!texts.isNull(first + i)) {
            int begin = MEMORY.get(JAVA_INT_UNALIGNED, offsets + 4L * (first + i));
            int end = MEMORY.get(JAVA_INT_UNALIGNED, offsets + 4L * (first + i) + 4);
            writeText(target, at + i, bytes + begin, end - begin, text);
          }
        }
      }
      case BaseLargeVariableWidthVector texts -> {
        long offsets = texts.getOffsetBuffer().memoryAddress();
        long bytes = texts.getDataBuffer().memoryAddress();
        boolean text = source instanceof LargeVarCharVector;
        for (int i = 0; i < count; i++) {
          if (!texts.isNull(first + i)) {
            long begin = MEMORY.get(JAVA_LONG_UNALIGNED, offsets + 8L * (first + i));
            long end = MEMORY.get(JAVA_LONG_UNALIGNED, offsets + 8L * (first + i) + 8);
            writeText(target, at + i, bytes + begin, end - begin, text);
          }
        }
      }
      case ViewVarCharVector texts -> {
        for (int i = 0; i < count; i++) {
          if (!texts.isNull(first + i)) {
            writeBytes(target, at + i, texts.get(first + i), true);
          }
        }
      }
      case ViewVarBinaryVector values -> {
        for (int i = 0; i < count; i++) {
          if (!values.isNull(first + i)) {
            writeBytes(target, at + i, values.get(first + i), false);
          }
        }
      }
      case ListVector list -> writeList(list, dictionaries, first, count, target, at);
      case StructVector struct -> {
        long child = 0;
        for (FieldVector member : struct.getChildrenFromFields()) {
          MemorySegment part = (MemorySegment) api.call(api.structChild, target, child++);
          write(member, dictionaries, first, count, part, at);
        }
      }
      default -> throw new IllegalStateException("a column of type " + source.getField().getType());
    }
  }

  private void writeValidity(
      FieldVector source, int first, int count, MemorySegment target, long at) throws Throwable {
    long mask = 0;
    for (int i = 0; i < count; i++) {
      if (source.isNull(first + i)) {
        if (mask == 0) {
          mask = api.writableValidity(target);
        }
        setNull(mask, at + i);
      }
    }
  }

  private static void setNull(long mask, long row) {
    long word = mask + (row >>> 6) * 8;
    long bits = MEMORY.get(JAVA_LONG_UNALIGNED, word);
    MEMORY.set(JAVA_LONG_UNALIGNED, word, bits & ~(1L << (row & 63)));
  }

  private void writeBits(BitVector source, int first, int count, MemorySegment target, long at)
      throws Throwable {
    long data = api.vectorData(target) + at;
    long bits = source.getDataBuffer().memoryAddress();
    for (int i = 0; i < count; i++) {
      int row = first + i;
      int bit = MEMORY.get(JAVA_BYTE, bits + (row >>> 3)) >>> (row & 7) & 1;
      MEMORY.set(JAVA_BYTE, data + i, (byte) bit);
    }
  }

  private void writeTimes(
      TimeStampVector source, int first, int count, MemorySegment target, long at)
      throws Throwable {
    long from = source.getDataBuffer().memoryAddress() + 8L * first;
    long to = api.vectorData(target) + 8 * at;
    TimeUnit unit = ((ArrowType.Timestamp) source.getField().getType()).getUnit();
    if (unit == TimeUnit.NANOSECOND) {
      MemorySegment.copy(MEMORY, from, MEMORY, to, 8L * count);
      return;
    }
    long factor =
        switch (unit) {
          case SECOND -> 1_000_000_000L;
          case MILLISECOND -> 1_000_000L;
          default -> 1_000L;
        };
    long limit = Long.MAX_VALUE / factor;
    for (int i = 0; i < count; i++) {
      long value = MEMORY.get(JAVA_LONG_UNALIGNED, from + 8L * i);
      MEMORY.set(JAVA_LONG_UNALIGNED, to + 8L * i, Math.clamp(value, -limit, limit) * factor);
    }
  }

  private void writeDates(
      DateMilliVector source, int first, int count, MemorySegment target, long at)
      throws Throwable {
    long from = source.getDataBuffer().memoryAddress() + 8L * first;
    long to = api.vectorData(target) + 4 * at;
    for (int i = 0; i < count; i++) {
      long millis = MEMORY.get(JAVA_LONG_UNALIGNED, from + 8L * i);
      MEMORY.set(JAVA_INT_UNALIGNED, to + 4L * i, (int) Math.floorDiv(millis, DAY_MILLIS));
    }
  }

  private void writeFixedBinary(
      FixedSizeBinaryVector source, int first, int count, MemorySegment target, long at)
      throws Throwable {
    int width = source.getByteWidth();
    long bytes = source.getDataBuffer().memoryAddress();
    for (int i = 0; i < count; i++) {
      if (!source.isNull(first + i)) {
        writeText(target, at + i, bytes + (long) width * (first + i), width, false);
      }
    }
  }

  private void writeBytes(MemorySegment target, long row, byte[] value, boolean text)
      throws Throwable {
    try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
      MemorySegment copy = arena.allocateFrom(JAVA_BYTE, value);
      writeText(target, row, copy.address(), value.length, text);
    }
  }

  /// Layout of a value: `{int length, 12 bytes}` up to 12 bytes, else `{int length, 4 bytes of
  /// prefix, pointer}`.
  private void writeText(MemorySegment target, long row, long bytes, long length, boolean text)
      throws Throwable {
    if (length > INLINE_BYTES || text) {
      api.assignText(target, row, MemorySegment.ofAddress(bytes), length);
      return;
    }
    long value = api.vectorData(target) + TEXT_BYTES * row;
    MEMORY.set(JAVA_LONG_UNALIGNED, value, 0L);
    MEMORY.set(JAVA_LONG_UNALIGNED, value + 8, 0L);
    MEMORY.set(JAVA_INT_UNALIGNED, value, (int) length);
    MemorySegment.copy(MEMORY, bytes, MEMORY, value + 4, length);
  }

  private void writeList(
      ListVector source,
      DictionaryProvider dictionaries,
      int first,
      int count,
      MemorySegment target,
      long at)
      throws Throwable {
    long before = (long) api.call(api.listSize, target);
    int begin = source.getElementStartIndex(first);
    int end = count == 0 ? begin : source.getElementEndIndex(first + count - 1);
    long size = before + end - begin;
    api.run(api.listReserve, target, size);
    api.run(api.listSetSize, target, size);
    long entries = api.vectorData(target) + LIST_ENTRY_BYTES * at;
    for (int i = 0; i < count; i++) {
      long start = source.getElementStartIndex(first + i);
      long entry = entries + (long) LIST_ENTRY_BYTES * i;
      MEMORY.set(JAVA_LONG_UNALIGNED, entry, before + start - begin);
      MEMORY.set(JAVA_LONG_UNALIGNED, entry + 8, source.getElementEndIndex(first + i) - start);
    }
    MemorySegment elements = (MemorySegment) api.call(api.listChild, target);
    write(source.getDataVector(), dictionaries, begin, end - begin, elements, before);
  }

  /// Neighbours often have the same entry; its value is then written once and shared.
  private void writeEncoded(
      BaseIntVector indices,
      FieldVector values,
      DictionaryProvider dictionaries,
      int first,
      int count,
      MemorySegment target,
      long at)
      throws Throwable {
    FieldVector encoded = (FieldVector) indices;
    boolean texts = values instanceof BaseVariableWidthVector;
    int previous = -1;
    for (int i = 0; i < count; i++) {
      if (encoded.isNull(first + i)) {
        setNull(api.writableValidity(target), at + i);
        previous = -1;
        continue;
      }
      int index = Math.toIntExact(indices.getValueAsLong(first + i));
      if (texts && index == previous && !values.isNull(index)) {
        long data = api.vectorData(target) + TEXT_BYTES * (at + i);
        MemorySegment.copy(MEMORY, data - TEXT_BYTES, MEMORY, data, TEXT_BYTES);
        continue;
      }
      write(values, dictionaries, index, 1, target, at + i);
      // Only a value in the row before can be shared.
      previous = index;
    }
  }
}
