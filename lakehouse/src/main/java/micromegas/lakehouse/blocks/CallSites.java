package micromegas.lakehouse.blocks;

import java.util.Arrays;
import java.util.List;
import micromegas.transit.DependencyTable;
import micromegas.transit.FieldAccess;
import micromegas.transit.RecordLayout;
import micromegas.transit.TransitLayout;
import micromegas.transit.TypeTable;

/// The call sites of the spans of a block, numbered as they are met: one per descriptor, and one
/// per location and name of spans that bring their own name. Belongs to one decoding thread.
final class CallSites {
  private static final int UNKNOWN = -1;
  private static final int INITIAL = 256;

  private final DependencyTable dependencies;
  private TypeTable types = TransitLayout.compile(List.of(), List.of()).dependencies();

  /// By descriptor: its site.
  private int[] plain = new int[INITIAL];

  // Sites with a name of their own: open addressing, site + 1, 0 = free.
  private int[] slots = new int[2 * INITIAL];
  private int named;

  private int size;
  private long[] keys = new long[INITIAL];
  private int[] names = new int[INITIAL];
  private int[] files = new int[INITIAL];
  private int[] targets = new int[INITIAL];
  private int[] lines = new int[INITIAL];
  private int[] hashes = new int[INITIAL];

  CallSites(DependencyTable dependencies) {
    this.dependencies = dependencies;
  }

  /// Starts a block.
  void begin(TypeTable dependencyTypes) {
    types = dependencyTypes;
    plain = TextIndex.cleared(plain, dependencies.size());
    if (named > 0) {
      Arrays.fill(slots, 0);
      named = 0;
    }
    size = 0;
  }

  /// Site of a descriptor with name, file, target and line.
  int of(int descriptor) {
    int site = plain[descriptor];
    return site != UNKNOWN ? site : firstUse(descriptor);
  }

  /// Site of a location with file, target and line, and of the text that is the name.
  int of(int location, int name) {
    long key = (long) location << 32 | name;
    int slot = slotOf(key);
    return slots[slot] != 0 ? slots[slot] - 1 : firstUse(key, location, name, slot);
  }

  /// Number of sites so far.
  int size() {
    return size;
  }

  /// Text of the name.
  int name(int site) {
    return names[site];
  }

  /// Text of the file.
  int file(int site) {
    return files[site];
  }

  /// Text of the target.
  int target(int site) {
    return targets[site];
  }

  int line(int site) {
    return lines[site];
  }

  /// See [CallSiteHash].
  int hash(int site) {
    return hashes[site];
  }

  private int firstUse(int descriptor) {
    RecordLayout layout = types.type(dependencies.recordType(descriptor));
    int site = add(layout, descriptor, text(descriptor, layout.reference("name")));
    plain[descriptor] = site;
    return site;
  }

  private int firstUse(long key, int location, int name, int slot) {
    int site = add(types.type(dependencies.recordType(location)), location, name);
    keys[site] = key;
    slots[slot] = site + 1;
    named++;
    if (2 * named > slots.length) {
      rehash();
    }
    return site;
  }

  private int add(RecordLayout layout, int record, int name) {
    int file = text(record, layout.reference("file"));
    int target = text(record, layout.reference("target"));
    FieldAccess lineField = layout.intField("line");
    int line = lineField.getInt(dependencies.records(), dependencies.recordBegin(record));
    if (size == names.length) {
      keys = Arrays.copyOf(keys, 2 * size);
      names = Arrays.copyOf(names, 2 * size);
      files = Arrays.copyOf(files, 2 * size);
      targets = Arrays.copyOf(targets, 2 * size);
      lines = Arrays.copyOf(lines, 2 * size);
      hashes = Arrays.copyOf(hashes, 2 * size);
    }
    names[size] = name;
    files[size] = file;
    targets[size] = target;
    lines[size] = line;
    hashes[size] = CallSiteHash.line(continued(continued(continued(0, name), file), target), line);
    return size++;
  }

  private int continued(int hash, int text) {
    return CallSiteHash.text(
        hash, dependencies.texts(), dependencies.textBegin(text), dependencies.textLength(text));
  }

  private int text(int record, FieldAccess field) {
    return dependencies.requireText(
        field.getLong(dependencies.records(), dependencies.recordBegin(record)));
  }

  /// The slot that holds the key, or the free one where it belongs. Ordinals are ours, so nobody
  /// can choose keys that collide.
  private int slotOf(long key) {
    long hash = (key ^ key >>> 29) * 0x9e3779b97f4a7c15L;
    int mask = slots.length - 1;
    int slot = (int) (hash >>> 32) & mask;
    while (slots[slot] != 0 && keys[slots[slot] - 1] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void rehash() {
    int[] old = slots;
    slots = new int[2 * old.length];
    for (int entry : old) {
      if (entry != 0) {
        slots[slotOf(keys[entry - 1])] = entry;
      }
    }
  }
}
