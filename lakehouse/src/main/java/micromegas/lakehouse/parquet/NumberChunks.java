package micromegas.lakehouse.parquet;

import micromegas.lakehouse.columns.DoubleColumn;
import micromegas.lakehouse.parquet.EncodedChunk.Encoding;
import micromegas.lakehouse.parquet.ParquetColumn.Annotation;
import micromegas.lakehouse.parquet.ParquetColumn.Physical;

/// Column chunks of numbers and booleans: a dictionary when there are few distinct numbers,
/// otherwise differences (64-bit integers), bytes by significance (floating point) or the plain
/// values. Not thread-safe.
final class NumberChunks {
  private final ChunkWriter pages;
  private final ParquetOptions options;
  private final NumberDictionary dictionary = new NumberDictionary();
  private final DeltaEncoder deltas = new DeltaEncoder();
  private final Presence presence = new Presence();
  private double[] present = {};

  NumberChunks(ChunkWriter pages, ParquetOptions options) {
    this.pages = pages;
    this.options = options;
  }

  EncodedChunk longs(ParquetColumn column, long[] values, int from, int to, ByteSink group) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = from; i < to; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    ChunkStatistics statistics = ChunkStatistics.of(min, max);
    presence.complete(to - from);
    dictionary.begin(to - from);
    boolean few = true;
    for (int i = from; few && i < to; i++) {
      few = dictionary.add(values[i]);
    }
    if (few) {
      ByteSink page = pages.page();
      page.putLongs(dictionary.values(), 0, dictionary.size());
      return indices(column, statistics, group);
    }
    for (int begin = from; begin < to; begin += options.pageRows()) {
      int end = Math.min(to, begin + options.pageRows());
      int levels = presence.write(column, begin - from, end - from, pages.page());
      deltas.encode(values, begin, end, pages.page());
      pages.endPage(end - begin, end - begin, 0, 0, levels);
    }
    return pages.finish(column, Encoding.DELTA_BINARY_PACKED, statistics, group);
  }

  EncodedChunk ints(ParquetColumn column, int[] values, int from, int to, ByteSink group) {
    if (column.type() == Physical.BOOLEAN) {
      return booleans(column, values, from, to, group);
    }
    int flip = column.annotation() == Annotation.UINT32 ? Integer.MIN_VALUE : 0;
    int min = Integer.MAX_VALUE;
    int max = Integer.MIN_VALUE;
    for (int i = from; i < to; i++) {
      int value = values[i] ^ flip;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    ChunkStatistics statistics = ChunkStatistics.of(min ^ flip, max ^ flip);
    presence.complete(to - from);
    dictionary.begin(to - from);
    boolean few = true;
    for (int i = from; few && i < to; i++) {
      few = dictionary.add(values[i]);
    }
    if (few) {
      ByteSink page = pages.page();
      for (int i = 0; i < dictionary.size(); i++) {
        page.putInt((int) dictionary.values()[i]);
      }
      return indices(column, statistics, group);
    }
    for (int begin = from; begin < to; begin += options.pageRows()) {
      int end = Math.min(to, begin + options.pageRows());
      int levels = presence.write(column, begin - from, end - from, pages.page());
      pages.page().putInts(values, begin, end);
      pages.endPage(end - begin, end - begin, 0, 0, levels);
    }
    return pages.finish(column, Encoding.PLAIN, statistics, group);
  }

  EncodedChunk doubles(
      ParquetColumn column, DoubleColumn values, int from, int to, ByteSink group) {
    if (!values.hasNulls()) {
      presence.complete(to - from);
      return doubles(column, values.values(), from, group);
    }
    presence.begin(to - from);
    if (present.length < to - from) {
      present = new double[to - from];
    }
    for (int row = from; row < to; row++) {
      present[presence.values()] = values.get(row);
      presence.add(!values.isNull(row));
    }
    if (presence.nulls() > 0 && !column.nullable()) {
      throw new IllegalArgumentException("column " + column.name() + " has no nulls");
    }
    return doubles(column, present, 0, group);
  }

  /// @param first where in `values` those of the chunk begin, one after the other
  private EncodedChunk doubles(ParquetColumn column, double[] values, int first, ByteSink group) {
    int last = first + presence.values();
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    boolean nan = false;
    for (int i = first; i < last; i++) {
      double value = values[i];
      nan |= Double.isNaN(value);
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    ChunkStatistics statistics =
        (nan || first == last ? ChunkStatistics.NONE : ChunkStatistics.of(min, max))
            .withNulls(presence.nulls());
    dictionary.beginWithoutSample(presence.values());
    boolean few = true;
    for (int i = first; few && i < last; i++) {
      few = dictionary.add(Double.doubleToRawLongBits(values[i]));
    }
    if (few && dictionary.size() <= presence.values() / 2) {
      ByteSink page = pages.page();
      page.putLongs(dictionary.values(), 0, dictionary.size());
      return indices(column, statistics, group);
    }
    int value = first;
    for (int begin = 0; begin < presence.rows(); begin += options.pageRows()) {
      int end = Math.min(presence.rows(), begin + options.pageRows());
      int count = presence.values(begin, end);
      int levels = presence.write(column, begin, end, pages.page());
      pages.page().putDoublesSplit(values, value, value + count);
      pages.endPage(end - begin, end - begin, end - begin - count, 0, levels);
      value += count;
    }
    return pages.finish(column, Encoding.BYTE_STREAM_SPLIT, statistics, group);
  }

  private EncodedChunk booleans(
      ParquetColumn column, int[] values, int from, int to, ByteSink group) {
    presence.complete(to - from);
    int all = 1;
    int any = 0;
    for (int begin = from; begin < to; begin += options.pageRows()) {
      int end = Math.min(to, begin + options.pageRows());
      int levels = presence.write(column, begin - from, end - from, pages.page());
      ByteSink page = pages.page();
      for (int i = begin; i < end; i += 8) {
        int bits = 0;
        for (int bit = 0; bit < 8 && i + bit < end; bit++) {
          int value = values[i + bit] == 0 ? 0 : 1;
          all &= value;
          any |= value;
          bits |= value << bit;
        }
        page.put(bits);
      }
      pages.endPage(end - begin, end - begin, 0, 0, levels);
    }
    return pages.finish(column, Encoding.PLAIN, ChunkStatistics.of(all == 1, any == 1), group);
  }

  /// Ends the open dictionary page and writes the rows as indices.
  private EncodedChunk indices(ParquetColumn column, ChunkStatistics statistics, ByteSink group) {
    pages.endDictionary(dictionary.size());
    IndexPages.write(
        column, presence, dictionary.indices(), dictionary.size(), options.pageRows(), pages);
    return pages.finish(column, Encoding.RLE_DICTIONARY, statistics, group);
  }
}
