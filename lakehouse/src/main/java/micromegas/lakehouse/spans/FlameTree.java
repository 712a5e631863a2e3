package micromegas.lakehouse.spans;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import micromegas.common.BadRequestException;
import micromegas.lakehouse.columns.DictionaryColumn;

/// Sums up spans by path: the names from the outermost span to the span itself. Takes the rows of a
/// call tree in pre-order, one pass, and keeps one entry per distinct path. Not thread-safe.
public final class FlameTree {
  /// Distinct paths above which a query is refused; about 64 bytes each.
  public static final int MAX_PATHS = 1 << 20;

  /// Levels that are told apart; what lies deeper counts as time of the span on the last level.
  public static final int MAX_DEPTH = 1 << 10;

  private static final int NONE = -1;
  private static final int INITIAL = 1024;

  private final DictionaryColumn names = new DictionaryColumn();
  private int[] slots = new int[2 * INITIAL]; // open addressing; node + 1, 0 = free
  private int size;
  private int[] parents = new int[INITIAL];
  private int[] nameOf = new int[INITIAL];
  private int[] depths = new int[INITIAL];
  private long[] totals = new long[INITIAL];
  private long[] inner = new long[INITIAL];
  private long[] counts = new long[INITIAL];
  private long[] mins = new long[INITIAL];
  private long[] maxs = new long[INITIAL];

  // The path to the latest row of the present call tree.
  private long[] pathIds = new long[64];
  private int[] pathNodes = new int[64];
  private int pathLength;

  /// Starts the rows of another call tree.
  public void begin() {
    pathLength = 0;
  }

  /// Adds a span.
  ///
  /// @param id, parent, depth as in `thread_spans`; a parent that is not on the path to the row
  ///   before, which only damaged data have, makes the span an outermost one
  /// @param name UTF-8 in `name[offset, offset + length)`
  /// @param nanos how long it took, inside the range of interest
  /// @throws BadRequestException for more than [#MAX_PATHS] distinct paths
  public void add(
      long id, long parent, int depth, byte[] name, int offset, int length, long nanos) {
    int level = Math.min(depth, pathLength);
    if (depth >= MAX_DEPTH) {
      return;
    }
    int above = NONE;
    if (level > 0 && level == depth && pathIds[level - 1] == parent) {
      above = pathNodes[level - 1];
    } else {
      level = 0;
    }
    int node = child(above, names.intern(name, offset, length), level);
    totals[node] += nanos;
    counts[node]++;
    mins[node] = Math.min(mins[node], nanos);
    maxs[node] = Math.max(maxs[node], nanos);
    if (above != NONE) {
      inner[above] += nanos;
    }
    if (level == pathIds.length) {
      pathIds = Arrays.copyOf(pathIds, 2 * level);
      pathNodes = Arrays.copyOf(pathNodes, 2 * level);
    }
    pathIds[level] = id;
    pathNodes[level] = node;
    pathLength = level + 1;
  }

  /// Number of distinct paths, in the order in which they were met: each after its outer ones.
  public int size() {
    return size;
  }

  public String name(int path) {
    int value = nameOf[path];
    int begin = names.dictionary().begin(value);
    return new String(
        names.dictionary().data(),
        begin,
        names.dictionary().end(value) - begin,
        StandardCharsets.UTF_8);
  }

  /// Names from the outermost to the innermost, joined by `;`; a `;` inside a name becomes `:`.
  public String path(int path) {
    StringBuilder text = new StringBuilder();
    int[] nodes = new int[depths[path] + 1];
    int node = path;
    for (int i = nodes.length; i-- > 0; ) {
      nodes[i] = node;
      node = parents[node];
    }
    for (int i = 0; i < nodes.length; i++) {
      text.append(i == 0 ? "" : ";").append(name(nodes[i]).replace(';', ':'));
    }
    return text.toString();
  }

  /// Number of names before the last one.
  public int depth(int path) {
    return depths[path];
  }

  /// Time of all its spans.
  public long totalNanos(int path) {
    return totals[path];
  }

  /// Time of all its spans outside the spans directly inside them.
  public long selfNanos(int path) {
    return totals[path] - inner[path];
  }

  /// Number of its spans.
  public long count(int path) {
    return counts[path];
  }

  /// Time of its shortest span.
  public long minNanos(int path) {
    return mins[path];
  }

  /// Time of its longest span.
  public long maxNanos(int path) {
    return maxs[path];
  }

  private int child(int above, int name, int depth) {
    int slot = slotOf(above, name);
    return slots[slot] != 0 ? slots[slot] - 1 : addNode(above, name, depth, slot);
  }

  private int addNode(int above, int name, int depth, int slot) {
    if (size == MAX_PATHS) {
      throw new BadRequestException(
          "more than " + MAX_PATHS + " distinct paths of spans; ask for a shorter time range");
    }
    if (size == parents.length) {
      int length = 2 * size;
      parents = Arrays.copyOf(parents, length);
      nameOf = Arrays.copyOf(nameOf, length);
      depths = Arrays.copyOf(depths, length);
      totals = Arrays.copyOf(totals, length);
      inner = Arrays.copyOf(inner, length);
      counts = Arrays.copyOf(counts, length);
      mins = Arrays.copyOf(mins, length);
      maxs = Arrays.copyOf(maxs, length);
    }
    int node = size++;
    parents[node] = above;
    nameOf[node] = name;
    depths[node] = depth;
    mins[node] = Long.MAX_VALUE;
    slots[slot] = node + 1;
    if (2 * size > slots.length) {
      rehash();
    }
    return node;
  }

  /// Both parts are ordinals of ours, so nobody can choose keys that collide.
  private int slotOf(int above, int name) {
    long hash = ((long) above << 32 | name) * 0x9e3779b97f4a7c15L;
    hash ^= hash >>> 29;
    int mask = slots.length - 1;
    int slot = (int) (hash ^ hash >>> 32) & mask;
    while (slots[slot] != 0
        && (parents[slots[slot] - 1] != above || nameOf[slots[slot] - 1] != name)) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void rehash() {
    slots = new int[2 * slots.length];
    for (int node = 0; node < size; node++) {
      slots[slotOf(parents[node], nameOf[node])] = node + 1;
    }
  }
}
