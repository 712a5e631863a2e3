package micromegas.lakehouse.columns;

import java.util.Arrays;

/// Which rows of a column have no value. Takes no memory until there is one. Not thread-safe.
final class NullMask {
  private long[] words = {};
  private int count;

  void set(int row) {
    int word = row >>> 6;
    if (word >= words.length) {
      words = Arrays.copyOf(words, Math.max(word + 1, words.length * 2));
    }
    words[word] |= 1L << row;
    count++;
  }

  boolean isNull(int row) {
    int word = row >>> 6;
    return word < words.length && (words[word] >>> row & 1) != 0;
  }

  /// Whether any row has no value.
  boolean any() {
    return count > 0;
  }

  /// Forgets all rows from `size` on.
  void truncate(int size) {
    if (count == 0) {
      return;
    }
    int word = size >>> 6;
    if (word < words.length) {
      words[word] &= (1L << size) - 1;
      Arrays.fill(words, word + 1, words.length, 0);
    }
    count = 0;
    for (long bits : words) {
      count += Long.bitCount(bits);
    }
  }
}
