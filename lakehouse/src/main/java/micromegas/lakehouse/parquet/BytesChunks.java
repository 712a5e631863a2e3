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
/// it would be large or hardly any value repeats, lengths followed by content. A large dictionary
/// stays when the content would be many times larger. Not thread-safe.
final class BytesChunks {
  private static final int SAMPLE = 1024;

  private final ChunkWriter pages;
  private final ParquetOptions options;
  private final DeltaEncoder deltas = new DeltaEncoder();
  private final DictionaryColumn found = new DictionaryColumn();
  private final Presence presence = new Presence();

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
    presence.complete(to - from);
    return indexed(column, values, from, to, group);
  }

  /// @param from and `to`: the values that [#presence] speaks of
  private EncodedChunk indexed(
      ParquetColumn column, DictionaryColumn values, int from, int to, ByteSink group) {
    int distinct = remap(values, from, to);
    BytesColumn dictionary = values.dictionary();
    long bytes = 0;
    for (int i = 0; i < distinct; i++) {
      bytes += (long) dictionary.end(used[i]) - dictionary.begin(used[i]) + Integer.BYTES;
    }
    ChunkStatistics statistics =
        statistics(column, dictionary, used, distinct).withNulls(presence.nulls());
    boolean large =
        bytes > options.dictionaryBytes() || (to - from > SAMPLE && distinct > (to - from) / 2);
    if (large && unfolded(dictionary, to - from) <= RowGroupSizes.MOST_UNFOLDING * bytes) {
      Encoding encoding = values(column, new BytesRange.Looked(values, from), null);
      return pages.finish(column, encoding, statistics, group);
    }
    dictionaryPage(column, dictionary, distinct);
    IndexPages.write(column, presence, indices, distinct, options.pageRows(), pages);
    return pages.finish(column, Encoding.RLE_DICTIONARY, statistics, group);
  }

  /// Bytes of the values that [#indices] speak of.
  private long unfolded(BytesColumn dictionary, int count) {
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      int index = used[indices[i]];
      bytes += dictionary.end(index) - dictionary.begin(index);
    }
    return bytes;
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
        statistics(column, elements.dictionary(), used, distinct).withNulls(missing);
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
    describe(column, values, from, to);
    if (collect(values, from)) {
      return indexed(column, found, 0, presence.values(), group);
    }
    ChunkStatistics statistics = statistics(column, values, from).withNulls(presence.nulls());
    Encoding encoding = values(column, new BytesRange.Present(values, presence, from), values);
    return pages.finish(column, encoding, statistics, group);
  }

  private void describe(ParquetColumn column, BytesColumn values, int from, int to) {
    if (!values.hasNulls()) {
      presence.complete(to - from);
      return;
    }
    presence.begin(to - from);
    for (int row = from; row < to; row++) {
      presence.add(!values.isNull(row));
    }
    if (presence.nulls() > 0 && !column.nullable()) {
      throw new IllegalArgumentException("column " + column.name() + " has no nulls");
    }
  }

  /// Tries to find few distinct values.
  ///
  /// @return whether [#found] holds the values
  private boolean collect(BytesColumn values, int from) {
    found.clear();
    int count = presence.values();
    int sample = Math.min(count, SAMPLE);
    for (int i = 0; i < sample; i++) {
      intern(values, from + presence.row(i));
    }
    if (found.dictionary().size() > sample / 2 && sample > 1) {
      return false;
    }
    for (int i = sample; i < count; i++) {
      intern(values, from + presence.row(i));
      if (found.dictionary().size() > Math.max(SAMPLE, i / 2)
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
  /// @param values addressed as in [#presence]
  /// @param contiguous the column when its values lie one after the other, to be copied at once
  private Encoding values(
      ParquetColumn column, BytesRange values, @Nullable BytesColumn contiguous) {
    boolean fixed = column.type() == Physical.FIXED_LEN_BYTE_ARRAY;
    int row = 0;
    int value = 0;
    while (row < presence.rows()) {
      int end = row;
      int valueEnd = value;
      long bytes = 0;
      for (; end < presence.rows() && end - row < options.pageRows(); end++) {
        if (presence.isPresent(end)) {
          int length = values.length(valueEnd);
          if (valueEnd > value && bytes + length > options.pageBytes()) {
            break;
          }
          if (fixed) {
            requireLength(column, length);
          }
          bytes += length;
          valueEnd++;
        }
      }
      ByteSink page = pages.page();
      int levels = presence.write(column, row, end, page);
      if (!fixed) {
        deltas.encodeLengths(values, value, valueEnd, page);
      }
      if (contiguous != null && bytes > 0) {
        page.put(contiguous.data(), values.begin(value), (int) bytes);
      } else {
        for (int i = value; i < valueEnd; i++) {
          page.put(values.data(), values.begin(i), values.length(i));
        }
      }
      pages.endPage(end - row, end - row, end - row - (valueEnd - value), 0, levels);
      row = end;
      value = valueEnd;
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
    if (count == 0) {
      return ChunkStatistics.NONE;
    }
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

  private ChunkStatistics statistics(ParquetColumn column, BytesColumn values, int from) {
    int min = from + presence.row(0);
    int max = min;
    for (int i = 1; i < presence.values(); i++) {
      int row = from + presence.row(i);
      if (compare(values, row, min) < 0) {
        min = row;
      } else if (compare(values, row, max) > 0) {
        max = row;
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
