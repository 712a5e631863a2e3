package micromegas.tracing;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import micromegas.tracing.record.Reference;
import micromegas.tracing.site.InternTable;
import micromegas.tracing.site.SiteTable;
import org.jspecify.annotations.Nullable;

/// Properties that logs and metrics carry. Sets with the same pairs are mostly one object, in
/// whatever order the pairs were given; make a set once and keep it where that is possible.
/// Immutable.
///
/// Servers give four keys a meaning of their own (`level`, `target`, `name`, `unit`: they would
/// change what the event says, and a wrong level loses a whole block). They get the prefix `tag.`.
/// Keys and values are cut at [#MAX_TEXT] characters, sets at [#MAX_PAIRS] pairs; null becomes
/// `null`.
public final class PropertySet {
  /// No properties.
  public static final PropertySet EMPTY = new PropertySet(new TreeMap<>(), null);

  /// Characters of a key or a value.
  public static final int MAX_TEXT = 1_024;

  /// Pairs of a set.
  public static final int MAX_PAIRS = 64;

  /// Sets that are found again; those that were not asked for the longest are forgotten, which
  /// costs nothing but bytes.
  public static final int MAX_KEPT =
      Integer.getInteger("micromegas.telemetry.properties.max", 16_384);

  private static final Set<String> RESERVED = Set.of("level", "target", "name", "unit");
  private static final InternTable<TreeMap<String, String>, PropertySet> KEPT =
      new InternTable<>(MAX_KEPT);

  private final TreeMap<String, String> pairs;
  private final @Nullable Reference reference;

  private PropertySet(TreeMap<String, String> pairs, @Nullable Reference reference) {
    this.pairs = pairs;
    this.reference = reference;
  }

  public static PropertySet of(String key, String value) {
    TreeMap<String, String> pairs = new TreeMap<>();
    put(pairs, key, value);
    return find(pairs);
  }

  public static PropertySet of(String key1, String value1, String key2, String value2) {
    TreeMap<String, String> pairs = new TreeMap<>();
    put(pairs, key1, value1);
    put(pairs, key2, value2);
    return find(pairs);
  }

  public static PropertySet of(
      String key1, String value1, String key2, String value2, String key3, String value3) {
    TreeMap<String, String> pairs = new TreeMap<>();
    put(pairs, key1, value1);
    put(pairs, key2, value2);
    put(pairs, key3, value3);
    return find(pairs);
  }

  /// The pairs of a map, as they are now.
  public static PropertySet of(Map<String, String> map) {
    TreeMap<String, String> pairs = new TreeMap<>();
    if (map != null) {
      map.forEach((key, value) -> put(pairs, key, value));
    }
    return find(pairs);
  }

  /// This set with one more pair, or another value for its key.
  public PropertySet with(String key, String value) {
    TreeMap<String, String> more = new TreeMap<>(pairs);
    put(more, key, value);
    return find(more);
  }

  /// The pairs in the order of their keys.
  public Map<String, String> asMap() {
    return Collections.unmodifiableMap(pairs);
  }

  /// For events; null when there are no properties, or no set.
  static @Nullable Reference reference(@Nullable PropertySet set) {
    return set == null ? null : set.reference;
  }

  /// For events; null when there are no properties.
  @Nullable Reference reference() {
    return reference;
  }

  private static void put(
      TreeMap<String, String> pairs, @Nullable String key, @Nullable String value) {
    String name = cut(String.valueOf(key));
    if (RESERVED.contains(name)) {
      name = "tag." + name;
    }
    if (pairs.size() < MAX_PAIRS || pairs.containsKey(name)) {
      pairs.put(name, cut(String.valueOf(value)));
    }
  }

  static String cut(String text) {
    if (text.length() <= MAX_TEXT) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 2)) ? MAX_TEXT - 2 : MAX_TEXT - 1;
    return text.substring(0, end) + "…";
  }

  private static PropertySet find(TreeMap<String, String> pairs) {
    return pairs.isEmpty() ? EMPTY : KEPT.get(pairs, PropertySet::make);
  }

  private static PropertySet make(TreeMap<String, String> pairs) {
    return new PropertySet(
        pairs,
        new Reference(
            SiteTable.process().nextReferenceId(), micromegas.transit.PropertySet.of(pairs)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PropertySet set && set.pairs.equals(pairs);
  }

  @Override
  public int hashCode() {
    return pairs.hashCode();
  }

  @Override
  public String toString() {
    return pairs.toString();
  }
}
