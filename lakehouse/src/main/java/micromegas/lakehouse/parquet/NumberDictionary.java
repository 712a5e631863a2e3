package micromegas.lakehouse.parquet;

/// Distinct numbers of a column chunk and, for each row, which one it has. Gives up early when
/// there are many. Not thread-safe; reused from chunk to chunk.
final class NumberDictionary {
  /// With more distinct numbers a dictionary is hardly smaller than the numbers, and its look-ups
  /// leave the processor's caches.
  static final int MAX_VALUES = 8192;

  private static final int SLOTS = MAX_VALUES * 4;
  private static final int SAMPLE = 512;
  private static final int MAX_SAMPLE_VALUES = SAMPLE / 4;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long[] values = new long[MAX_VALUES];
  private final int[] slots = new int[SLOTS]; // index + 1; 0 = free
  private final int[] usedSlots = new int[MAX_VALUES];
  private int[] indices = new int[1024];
  private int size;
  private boolean sampled;
  private int rows;
  private long last;
  private int lastIndex;

  /// Starts a chunk of floating point numbers: several metrics in turn look like many distinct
  /// numbers at first, although each of them has few.
  void beginWithoutSample(int expectedRows) {
    begin(expectedRows);
    sampled = false;
  }

  void begin(int expectedRows) {
    sampled = true;
    for (int i = 0; i < size; i++) {
      slots[usedSlots[i]] = 0;
    }
    size = 0;
    rows = 0;
    lastIndex = -1;
    if (indices.length < expectedRows) {
      indices = new int[Math.max(expectedRows, 1024)];
    }
  }

  /// Adds the next row.
  ///
  /// @return false when a dictionary is not worth while; the content is then useless
  boolean add(long value) {
    if (lastIndex >= 0 && value == last) {
      indices[rows++] = lastIndex;
      return true;
    }
    int slot = (int) ((value * GOLDEN) >>> 49) & (SLOTS - 1);
    int index;
    while (true) {
      index = slots[slot] - 1;
      if (index < 0) {
        if (size == MAX_VALUES || (sampled && rows <= SAMPLE && size == MAX_SAMPLE_VALUES)) {
          return false;
        }
        index = size;
        values[size] = value;
        usedSlots[size] = slot;
        slots[slot] = ++size;
        break;
      }
      if (values[index] == value) {
        break;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    last = value;
    lastIndex = index;
    indices[rows++] = index;
    return true;
  }

  int size() {
    return size;
  }

  long[] values() {
    return values;
  }

  int[] indices() {
    return indices;
  }
}
