package micromegas.lakehouse.spans;

import java.util.Arrays;
import java.util.SplittableRandom;

/// The spans of a chain that have begun and not ended, innermost last. Not thread-safe.
///
/// Only crossing ends look below the innermost span. From the first one on, open spans are counted
/// by hash, so that an end without a span costs nothing and one with a span what it closes.
final class OpenSpans {
  private static final int INITIAL = 256;

  private final int seed = new SplittableRandom().nextInt() | 1; // hashes come from strangers
  private long[] rows = new long[INITIAL];
  private long[] begins = new long[INITIAL];
  private int[] hashes = new int[INITIAL];
  private int size;

  // Open spans by hash, once somebody has looked: open addressing. A hash stays when its count has
  // fallen to zero, until all are counted again.
  private int[] keys = {};
  private int[] counts = {};
  private boolean[] taken = {};
  private int used;

  int size() {
    return size;
  }

  /// @param row of the [SpanStore]
  void push(long row, int hash, long begin) {
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, 2 * size);
      begins = Arrays.copyOf(begins, 2 * size);
      hashes = Arrays.copyOf(hashes, 2 * size);
    }
    rows[size] = row;
    begins[size] = begin;
    hashes[size++] = hash;
    if (keys.length > 0) {
      count(hash);
    }
  }

  /// Drops the innermost span.
  void pop() {
    size--;
    if (keys.length > 0) {
      counts[slotOf(hashes[size])]--;
    }
  }

  int topHash() {
    return hashes[size - 1];
  }

  long topRow() {
    return rows[size - 1];
  }

  long topBegin() {
    return begins[size - 1];
  }

  /// Row of an open span, outermost first.
  long row(int index) {
    return rows[index];
  }

  long begin(int index) {
    return begins[index];
  }

  /// Whether a span with that hash is open.
  boolean isOpen(int hash) {
    if (keys.length == 0) {
      recount();
    }
    return counts[slotOf(hash)] > 0;
  }

  void clear() {
    size = 0;
    keys = new int[0];
  }

  private void recount() {
    int length = Integer.highestOneBit(Math.max(INITIAL, 4 * size)) * 2;
    keys = new int[length];
    counts = new int[length];
    taken = new boolean[length];
    used = 0;
    for (int i = 0; i < size; i++) {
      count(hashes[i]);
    }
  }

  private void count(int hash) {
    int slot = slotOf(hash);
    counts[slot]++;
    if (!taken[slot]) {
      taken[slot] = true;
      keys[slot] = hash;
      used++;
      if (2 * used > keys.length) {
        recount(); // counts this one as well
      }
    }
  }

  /// The slot of the hash, or the free one where it belongs.
  private int slotOf(int hash) {
    int mask = keys.length - 1;
    int mixed = hash * seed;
    int slot = (mixed ^ mixed >>> 15) & mask;
    while (taken[slot] && keys[slot] != hash) {
      slot = slot + 1 & mask;
    }
    return slot;
  }
}
