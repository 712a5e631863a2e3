package micromegas.lakehouse.blocks;

import java.util.Arrays;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.DictionaryColumn;

/// Call sites of spans with their texts, by ordinal. Not thread-safe.
public final class CallSiteTable {
  private static final int INITIAL = 64;

  private final DictionaryColumn texts = new DictionaryColumn();
  private int size;
  private int[] hashes = new int[INITIAL];
  private int[] lines = new int[INITIAL];
  private int[] names = new int[INITIAL];
  private int[] targets = new int[INITIAL];
  private int[] files = new int[INITIAL];

  /// Ordinal of a text (UTF-8), added when it is new.
  public int text(byte[] source, int offset, int length) {
    return texts.intern(source, offset, length);
  }

  /// Adds a site.
  ///
  /// @param hash see `views.md` 5.1
  /// @param name, target, file ordinals of texts
  /// @return its ordinal
  public int add(int hash, int line, int name, int target, int file) {
    if (size == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * size);
      lines = Arrays.copyOf(lines, 2 * size);
      names = Arrays.copyOf(names, 2 * size);
      targets = Arrays.copyOf(targets, 2 * size);
      files = Arrays.copyOf(files, 2 * size);
    }
    hashes[size] = hash;
    lines[size] = line;
    names[size] = name;
    targets[size] = target;
    files[size] = file;
    return size++;
  }

  /// Adds a site of another table.
  public int copy(CallSiteTable from, int site) {
    return add(
        from.hashes[site],
        from.lines[site],
        copyText(from, from.names[site]),
        copyText(from, from.targets[site]),
        copyText(from, from.files[site]));
  }

  private int copyText(CallSiteTable from, int text) {
    BytesColumn source = from.texts();
    return text(source.data(), source.begin(text), source.end(text) - source.begin(text));
  }

  public int size() {
    return size;
  }

  public int hash(int site) {
    return hashes[site];
  }

  public int line(int site) {
    return lines[site];
  }

  public int name(int site) {
    return names[site];
  }

  public int target(int site) {
    return targets[site];
  }

  public int file(int site) {
    return files[site];
  }

  /// Distinct texts, by ordinal.
  public BytesColumn texts() {
    return texts.dictionary();
  }

  public void clear() {
    size = 0;
    texts.clear();
  }
}
