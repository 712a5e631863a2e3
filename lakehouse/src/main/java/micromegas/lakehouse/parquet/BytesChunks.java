package micromegas.lakehouse.parquet;

import java.util.Arrays;
import micromegas.common.CorruptDataException;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.parquet.EncodedChunk.Encoding;
import micromegas.lakehouse.parquet.ParquetColumn.Annotation;
import micromegas.lakehouse.parquet.ParquetColumn.Physical;
import org.jspecify.annotations.Nullable;

/// Column chunks of byte strings: with a dictionary of the values that the row group uses, or, when
/// it would be large or hardly any value repeats, lengths followed by content. Not thread-safe.
final class BytesChunks {
  private static final int SAMPLE = 1024;

  private final ChunkWriter pages;
  private final ParquetOptions options;
  private final DeltaEncoder deltas = new DeltaEncoder();
  private final DictionaryColumn found = new DictionaryColumn();

  /// Per value of the batch's dictionary: its index in the row group's dictionary plus 1, or 0.
  private int[] remapped = new int[1024];

  /// Values of the row group's dictionary as indices into the batch's.
  private int[] used = new int[1024];

  private int[] indices = new int[1024];

  BytesChunks(ChunkWriter pages, ParquetOptions options) {
    this.pages = pages;
    this.options = options;
  }

  EncodedChunk dictionary(
      ParquetColumn column, DictionaryColumn values, int from, int to, ByteSink group) {
    int distinct = remap(values, from, to);
    BytesColumn dictionary = values.dictionary();
    long bytes = 0;
    for (int i = 0; i < distinct; i++) {
      bytes += (long) dictionary.end(used[i]) - dictionary.begin(used[i]) + Integer.BYTES;
    }
    int rows = to - from;
    ChunkStatistics statistics = statistics(column, dictionary, used, distinct);
    if (bytes > options.dictionaryBytes() || (rows > SAMPLE && distinct > rows / 2)) {
      Encoding encoding = values(column, new BytesRange.Looked(values), from, to, null);
      return pages.finish(column, encoding, statistics, group);
    }
    dictionaryPage(column, dictionary, distinct);
    IndexPages.write(column, indices, rows, distinct, options.pageRows(), pages);
    return pages.finish(column, Encoding.RLE_DICTIONARY, statistics, group);
  }

  /// A chunk of lists, as one data page behind a dictionary.
  ///
  /// @param elements the elements of all lists, one after the other
  /// @param levels entries of `repetitions` and `definitions`: one per element, and one per list
  ///   without elements
  EncodedChunk repeated(
      ParquetColumn column,
      DictionaryColumn elements,
      int rows,
      int levels,
      int[] repetitions,
      int[] definitions,
      int maxDefinition,
      ByteSink group) {
    int distinct = remap(elements, 0, elements.size());
    int missing = levels - elements.size();
    dictionaryPage(column, elements.dictionary(), distinct);
    ByteSink page = pages.page();
    int begin = page.size();
    HybridEncoder.encode(repetitions, 0, levels, 1, page);
    int repetitionBytes = page.size() - begin;
    HybridEncoder.encode(definitions, 0, levels, HybridEncoder.width(maxDefinition), page);
    int definitionBytes = page.size() - begin - repetitionBytes;
    int width = HybridEncoder.width(Math.max(0, distinct - 1));
    page.put(width);
    HybridEncoder.encode(indices, 0, elements.size(), width, page);
    pages.endPage(levels, rows, missing, repetitionBytes, definitionBytes);
    ChunkStatistics statistics =
        distinct == 0
            ? ChunkStatistics.none(missing)
            : statistics(column, elements.dictionary(), used, distinct).withNulls(missing);
    return pages.finish(column, Encoding.RLE_DICTIONARY, statistics, group);
  }

  private void dictionaryPage(ParquetColumn column, BytesColumn dictionary, int distinct) {
    ByteSink page = pages.page();
    for (int i = 0; i < distinct; i++) {
      int begin = dictionary.begin(used[i]);
      int length = dictionary.end(used[i]) - begin;
      if (column.type() == Physical.BYTE_ARRAY) {
        page.putInt(length);
      } else {
        requireLength(column, length);
      }
      page.put(dictionary.data(), begin, length);
    }
    pages.endDictionary(distinct);
  }

  EncodedChunk plain(ParquetColumn column, BytesColumn values, int from, int to, ByteSink group) {
    if (collect(values, from, to)) {
      return dictionary(column, found, 0, to - from, group);
    }
    ChunkStatistics statistics = statistics(column, values, from, to);
    Encoding encoding = values(column, new BytesRange.Rows(values), from, to, values);
    return pages.finish(column, encoding, statistics, group);
  }

  /// Tries to find few distinct values.
  ///
  /// @return whether [#found] holds the rows
  private boolean collect(BytesColumn values, int from, int to) {
    found.clear();
    int end = Math.min(to, from + SAMPLE);
    for (int i = from; i < end; i++) {
      intern(values, i);
    }
    if (found.dictionary().size() > (end - from) / 2 && end - from > 1) {
      return false;
    }
    for (int i = end; i < to; i++) {
      intern(values, i);
      if (found.dictionary().size() > Math.max(SAMPLE, (i - from) / 2)
          || found.dictionary().bytes() > options.dictionaryBytes()) {
        return false;
      }
    }
    return true;
  }

  private void intern(BytesColumn values, int row) {
    int begin = values.begin(row);
    found.appendIndex(found.intern(values.data(), begin, values.end(row) - begin));
  }

  /// Numbers the values that the rows use, in order of appearance.
  ///
  /// @return how many there are
  private int remap(DictionaryColumn values, int from, int to) {
    int size = values.dictionary().size();
    if (remapped.length < size) {
      remapped = new int[Math.max(size, remapped.length * 2)];
      used = new int[remapped.length];
    }
    if (indices.length < to - from) {
      indices = new int[to - from];
    }
    int[] source = values.indices();
    int distinct = 0;
    int previous = -1;
    int number = 0;
    for (int i = from; i < to; i++) {
      int index = source[i];
      if (index != previous) {
        previous = index;
        number = remapped[index] - 1;
        if (number < 0) {
          number = distinct++;
          used[number] = index;
          remapped[index] = distinct;
        }
      }
      indices[i - from] = number;
    }
    for (int i = 0; i < distinct; i++) {
      remapped[used[i]] = 0;
    }
    return distinct;
  }

  /// Writes data pages without dictionary.
  ///
  /// @param contiguous the column when its rows lie one after the other, to be copied at once
  private Encoding values(
      ParquetColumn column, BytesRange values, int from, int to, @Nullable BytesColumn contiguous) {
    boolean fixed = column.type() == Physical.FIXED_LEN_BYTE_ARRAY;
    int begin = from;
    while (begin < to) {
      int end = begin;
      long bytes = 0;
      while (end < to
          && end - begin < options.pageRows()
          && (end == begin || bytes + values.length(end) <= options.pageBytes())) {
        if (fixed) {
          requireLength(column, values.length(end));
        }
        bytes += values.length(end);
        end++;
      }
      ByteSink page = pages.page();
      int levels = Levels.present(column, end - begin, page);
      if (!fixed) {
        deltas.encodeLengths(values, begin, end, page);
      }
      if (contiguous != null) {
        page.put(contiguous.data(), contiguous.begin(begin), (int) bytes);
      } else {
        for (int i = begin; i < end; i++) {
          page.put(values.data(), values.begin(i), values.length(i));
        }
      }
      pages.endPage(end - begin, end - begin, 0, 0, levels);
      begin = end;
    }
    return fixed ? Encoding.PLAIN : Encoding.DELTA_LENGTH_BYTE_ARRAY;
  }

  private static void requireLength(ParquetColumn column, int length) {
    if (length != column.length()) {
      throw new CorruptDataException(
          "column " + column.name() + " needs " + column.length() + " bytes, got " + length);
    }
  }

  private static ChunkStatistics statistics(
      ParquetColumn column, BytesColumn values, int[] selected, int count) {
    int min = selected[0];
    int max = selected[0];
    for (int i = 1; i < count; i++) {
      int index = selected[i];
      if (compare(values, index, min) < 0) {
        min = index;
      } else if (compare(values, index, max) > 0) {
        max = index;
      }
    }
    return bounds(column, values, min, max);
  }

  private static ChunkStatistics statistics(
      ParquetColumn column, BytesColumn values, int from, int to) {
    int min = from;
    int max = from;
    for (int i = from + 1; i < to; i++) {
      if (compare(values, i, min) < 0) {
        min = i;
      } else if (compare(values, i, max) > 0) {
        max = i;
      }
    }
    return bounds(column, values, min, max);
  }

  private static ChunkStatistics bounds(
      ParquetColumn column, BytesColumn values, int min, int max) {
    return ChunkStatistics.of(
        Arrays.copyOfRange(values.data(), values.begin(min), values.end(min)),
        Arrays.copyOfRange(values.data(), values.begin(max), values.end(max)),
        column.annotation() == Annotation.STRING);
  }

  private static int compare(BytesColumn values, int a, int b) {
    return Arrays.compareUnsigned(
        values.data(),
        values.begin(a),
        values.end(a),
        values.data(),
        values.begin(b),
        values.end(b));
  }
}
