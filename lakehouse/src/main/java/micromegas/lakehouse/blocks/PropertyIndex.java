package micromegas.lakehouse.blocks;

import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.transit.DependencyTable;

/// Dictionary index of the document of each property set of a block: encoded once per set and
/// block.
final class PropertyIndex {
  private final DependencyTable dependencies;
  private final JsonbObject json;
  private final TextBudget budget;
  private int[] indices = new int[256];
  private DictionaryColumn column = new DictionaryColumn();
  private int empty;

  PropertyIndex(DependencyTable dependencies, JsonbObject json, TextBudget budget) {
    this.dependencies = dependencies;
    this.json = json;
    this.budget = budget;
  }

  /// Starts a block.
  void begin(DictionaryColumn target) {
    column = target;
    indices = TextIndex.cleared(indices, dependencies.size());
    empty = -1;
  }

  /// The index of `{}`.
  int empty() {
    if (empty < 0) {
      json.clear();
      empty = intern();
    }
    return empty;
  }

  int of(int set) {
    int index = indices[set];
    return index >= 0 ? index : firstUse(set);
  }

  private int firstUse(int set) {
    json.clear();
    byte[] texts = dependencies.texts();
    int count = dependencies.propertyCount(set);
    for (int i = 0; i < count; i++) {
      int name = dependencies.propertyName(set, i);
      int value = dependencies.propertyValue(set, i);
      if (dependencies.isText(value)) {
        budget.take(dependencies.textLength(name) + (long) dependencies.textLength(value));
        json.add(
            texts,
            dependencies.textBegin(name),
            dependencies.textLength(name),
            texts,
            dependencies.textBegin(value),
            dependencies.textLength(value));
      }
    }
    int index = intern();
    indices[set] = index;
    return index;
  }

  private int intern() {
    json.encode();
    return column.intern(json.document(), 0, json.length());
  }
}
