package micromegas.lakehouse.blocks.otlp;

import java.util.Arrays;
import micromegas.lakehouse.columns.ByteHash;

/// Remembers which document came from which bytes of a block, so that records with equal attributes
/// share it without building it again. Records whose attributes are all different gain nothing:
/// when hardly any look-up succeeds, the cache stays silent for the rest of the block. Not
/// thread-safe.
///
/// Usage: [#find], and when it gives -1 and the document has been made, [#put].
final class DocumentCache {
  private static final int TRIALS = 128;
  private static final int MIN_HITS_OF_16 = 2;

  private byte[] bytes = {};
  private int[] slots = new int[256]; // entry + 1; 0 = free
  private long[] hashes = new long[128];
  private long[] salts = new long[128];
  private int[] ranges = new int[4 * 128];
  private int[] indices = new int[128];
  private int size;
  private int lookups;
  private int hits;
  private boolean on;

  // What the last unsuccessful look-up was for.
  private long hash;
  private long salt;
  private int begin;
  private int end;
  private int secondBegin;
  private int secondEnd;

  /// Begins a block whose content is in `message`.
  void begin(byte[] message) {
    bytes = message;
    Arrays.fill(slots, 0);
    size = 0;
    lookups = 0;
    hits = 0;
    on = true;
  }

  /// The index given for two ranges with this content, or -1.
  ///
  /// @param with what else the document depends on
  int find(int begin, int end, int secondBegin, int secondEnd, long with) {
    if (!on) {
      return -1;
    }
    if (++lookups >= TRIALS && hits < lookups / 16 * MIN_HITS_OF_16) {
      on = false;
      return -1;
    }
    long first = ByteHash.of(bytes, begin, end - begin);
    long second = ByteHash.of(bytes, secondBegin, secondEnd - secondBegin);
    hash = first * 31 + second + with * 0x9E3779B97F4A7C15L;
    this.salt = with;
    this.begin = begin;
    this.end = end;
    this.secondBegin = secondBegin;
    this.secondEnd = secondEnd;
    int mask = slots.length - 1;
    for (int slot = slot(hash) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
      int entry = slots[slot] - 1;
      if (hashes[entry] == hash && equals(entry)) {
        hits++;
        return indices[entry];
      }
    }
    return -1;
  }

  /// Remembers the index for what was looked up last, in vain.
  void put(int index) {
    if (!on) {
      return;
    }
    if (size == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * size);
      salts = Arrays.copyOf(salts, 2 * size);
      ranges = Arrays.copyOf(ranges, 4 * 2 * size);
      indices = Arrays.copyOf(indices, 2 * size);
    }
    hashes[size] = hash;
    salts[size] = salt;
    ranges[4 * size] = begin;
    ranges[4 * size + 1] = end;
    ranges[4 * size + 2] = secondBegin;
    ranges[4 * size + 3] = secondEnd;
    indices[size] = index;
    size++;
    if (2 * size > slots.length) {
      slots = new int[2 * slots.length];
      for (int entry = 0; entry < size; entry++) {
        insert(entry);
      }
    } else {
      insert(size - 1);
    }
  }

  private void insert(int entry) {
    int mask = slots.length - 1;
    int slot = slot(hashes[entry]) & mask;
    while (slots[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    slots[slot] = entry + 1;
  }

  private boolean equals(int entry) {
    int at = 4 * entry;
    return salts[entry] == salt
        && Arrays.equals(bytes, ranges[at], ranges[at + 1], bytes, begin, end)
        && Arrays.equals(bytes, ranges[at + 2], ranges[at + 3], bytes, secondBegin, secondEnd);
  }

  private static int slot(long hash) {
    return (int) (hash ^ hash >>> 32);
  }
}
