package micromegas.lakehouse.parquet;

import java.util.Arrays;
import java.util.List;
import micromegas.lakehouse.columns.BytesListColumn;
import micromegas.lakehouse.columns.DictionaryColumn;

/// Column chunks of lists of strings, with a dictionary of the strings. Not thread-safe.
final class ListChunks {
  private static final int NULL_LIST = 0;
  private static final int EMPTY_LIST = 1;
  private static final int ELEMENT = 2;

  private final BytesChunks bytes;
  private final DictionaryColumn elements = new DictionaryColumn();
  private int[] repetitions = new int[1024];
  private int[] definitions = new int[1024];
  private int slots;

  ListChunks(BytesChunks bytes) {
    this.bytes = bytes;
  }

  /// One data page: lists of tags are short, and few rows have them.
  EncodedChunk encode(
      ParquetColumn column, BytesListColumn values, int from, int to, ByteSink group) {
    elements.clear();
    slots = 0;
    // Levels count from the root: without an optional list there is one definition level less.
    int optional = column.nullable() ? 0 : 1;
    for (int row = from; row < to; row++) {
      List<byte[]> list = values.get(row);
      if (list == null) {
        if (!column.nullable()) {
          throw new IllegalArgumentException("column " + column.name() + " has no nulls");
        }
        level(0, NULL_LIST);
      } else if (list.isEmpty()) {
        level(0, EMPTY_LIST - optional);
      } else {
        int repetition = 0;
        for (byte[] element : list) {
          elements.appendIndex(elements.intern(element));
          level(repetition, ELEMENT - optional);
          repetition = 1;
        }
      }
    }
    return bytes.repeated(
        column, elements, to - from, slots, repetitions, definitions, ELEMENT - optional, group);
  }

  private void level(int repetition, int definition) {
    if (slots == repetitions.length) {
      repetitions = Arrays.copyOf(repetitions, slots * 2);
      definitions = Arrays.copyOf(definitions, slots * 2);
    }
    repetitions[slots] = repetition;
    definitions[slots++] = definition;
  }
}
