package micromegas.transit;

import java.util.List;
import java.util.Optional;

/// One compiled metadata array. The index of a type is the first byte of its records. Immutable.
public final class TypeTable {
  /// Types that one byte can address; more may be described, for use as members.
  private static final int ADDRESSABLE = 256;

  private final List<RecordLayout> layouts;

  /// Sizes by type index, so that walking a buffer touches one small array.
  private final int[] sizes;

  TypeTable(List<RecordLayout> layouts) {
    this.layouts = List.copyOf(layouts);
    this.sizes = layouts.stream().limit(ADDRESSABLE).mapToInt(RecordLayout::size).toArray();
  }

  /// Number of types that records can have.
  public int addressableTypes() {
    return sizes.length;
  }

  public RecordLayout type(int index) {
    return layouts.get(index);
  }

  /// The first type of that name.
  public Optional<RecordLayout> find(String name) {
    return layouts.stream().filter(layout -> layout.name().equals(name)).findFirst();
  }

  /// The first type of that name.
  ///
  /// @throws CorruptBlockException when the stream does not describe it
  public RecordLayout require(String name) {
    return find(name)
        .orElseThrow(() -> new CorruptBlockException("the stream does not describe type " + name));
  }

  int[] sizes() {
    return sizes;
  }
}
