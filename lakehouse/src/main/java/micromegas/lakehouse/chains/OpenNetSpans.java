package micromegas.lakehouse.chains;

import java.util.Arrays;
import micromegas.lakehouse.blocks.NetSpanKind;

/// The stack of open network spans of a chain. Names lie one after the other in one array and go
/// with their spans, so nothing is allocated per span. Not thread-safe.
///
/// Spans above [#MAX_DEPTH], or whose names do not fit into [#MAX_NAME_BYTES], are counted but not
/// kept: they make no rows, and the ends that belong to them are taken off the count. Begins
/// without end would otherwise fill the memory.
final class OpenNetSpans {
  static final int MAX_DEPTH = 65_536;
  static final int MAX_NAME_BYTES = 16 << 20;

  private int size;
  private long uncounted;
  private long leftOut;
  private long strayEnds;
  private NetSpanKind[] kinds = new NetSpanKind[16];
  private long[] ids = new long[16];
  private long[] parents = new long[16];
  private int[] depths = new int[16];
  private boolean[] outgoing = new boolean[16];
  private long[] begins = new long[16];
  private long[] consumed = new long[16];
  private int[] nameBegins = new int[17];
  private byte[] names = new byte[1024];

  void clear() {
    size = 0;
    uncounted = 0;
    leftOut = 0;
    strayEnds = 0;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /// Position of the innermost span; valid when there is one.
  int top() {
    return size - 1;
  }

  void push(
      NetSpanKind kind,
      long id,
      boolean isOutgoing,
      long beginNanos,
      byte[] source,
      int offset,
      int length) {
    if (uncounted > 0 || size == MAX_DEPTH || nameBegins[size] + length > MAX_NAME_BYTES) {
      uncounted++;
      leftOut++;
      return;
    }
    if (size == kinds.length) {
      grow();
    }
    int begin = nameBegins[size];
    if (begin + length > names.length) {
      names = Arrays.copyOf(names, Math.max(begin + length, 2 * names.length));
    }
    System.arraycopy(source, offset, names, begin, length);
    boolean connection = kind == NetSpanKind.CONNECTION;
    kinds[size] = kind;
    ids[size] = id;
    parents[size] = connection || size == 0 ? -1 : ids[size - 1];
    depths[size] = connection || size == 0 ? 0 : depths[size - 1] + 1;
    outgoing[size] = isOutgoing;
    begins[size] = beginNanos;
    consumed[size] = 0;
    nameBegins[size + 1] = begin + length;
    size++;
  }

  /// Takes the innermost span off when an end of that kind closes it; its values stay readable at
  /// its position until the next push.
  ///
  /// @return its position, or -1 when the end closes nothing
  int pop(NetSpanKind kind) {
    if (uncounted > 0) {
      uncounted--;
      return -1;
    }
    if (size == 0) {
      return -1;
    }
    if (kinds[size - 1] != kind) {
      strayEnds++;
      return -1;
    }
    return --size;
  }

  /// Ends, since [#clear], that met an open span of another kind.
  long strayEnds() {
    return strayEnds;
  }

  /// Spans, since [#clear], that were not kept.
  long leftOut() {
    return leftOut;
  }

  /// Accounts bits to the innermost span.
  ///
  /// @return the bits that were accounted to it before; 0 when there is none
  long consume(long bits) {
    if (size == 0) {
      return 0;
    }
    long before = consumed[size - 1];
    consumed[size - 1] = before + bits;
    return before;
  }

  NetSpanKind kind(int span) {
    return kinds[span];
  }

  long id(int span) {
    return ids[span];
  }

  long parent(int span) {
    return parents[span];
  }

  int depth(int span) {
    return depths[span];
  }

  boolean isOutgoing(int span) {
    return outgoing[span];
  }

  long begin(int span) {
    return begins[span];
  }

  /// Holds the names of all spans.
  byte[] names() {
    return names;
  }

  int nameBegin(int span) {
    return nameBegins[span];
  }

  int nameLength(int span) {
    return nameBegins[span + 1] - nameBegins[span];
  }

  private void grow() {
    int length = 2 * size;
    kinds = Arrays.copyOf(kinds, length);
    ids = Arrays.copyOf(ids, length);
    parents = Arrays.copyOf(parents, length);
    depths = Arrays.copyOf(depths, length);
    outgoing = Arrays.copyOf(outgoing, length);
    begins = Arrays.copyOf(begins, length);
    consumed = Arrays.copyOf(consumed, length);
    nameBegins = Arrays.copyOf(nameBegins, length + 1);
  }
}
