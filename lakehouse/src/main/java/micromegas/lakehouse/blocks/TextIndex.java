package micromegas.lakehouse.blocks;

import java.util.Arrays;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.transit.DependencyTable;

/// Dictionary index of each text of a block in one column, found once per text and block. Hot code:
/// the usual call is one array read.
final class TextIndex {
  private static final int UNKNOWN = -1;

  private final DependencyTable dependencies;
  private int[] indices = new int[256];
  private DictionaryColumn column = new DictionaryColumn();

  TextIndex(DependencyTable dependencies) {
    this.dependencies = dependencies;
  }

  /// Starts a block.
  void begin(DictionaryColumn target) {
    column = target;
    indices = cleared(indices, dependencies.size());
  }

  int of(int text) {
    int index = indices[text];
    return index != UNKNOWN ? index : firstUse(text);
  }

  private int firstUse(int text) {
    int index =
        column.intern(
            dependencies.texts(), dependencies.textBegin(text), dependencies.textLength(text));
    indices[text] = index;
    return index;
  }

  /// An array with at least `size` entries, the first `size` of which are -1.
  static int[] cleared(int[] array, int size) {
    int[] result = array.length >= size ? array : new int[Math.max(size, 2 * array.length)];
    Arrays.fill(result, 0, size, UNKNOWN);
    return result;
  }
}
