package micromegas.tracing.opentelemetry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// Finds what was made for a key; the keys that were not asked for the longest are forgotten.
/// Thread-safe; not for hot paths.
final class Recent<K, V> {
  private final Map<K, V> entries;
  private final Function<K, V> maker;

  /// @param max entries kept
  Recent(int max, Function<K, V> maker) {
    this.maker = maker;
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > max;
          }
        };
  }

  synchronized V get(K key) {
    V known = entries.get(key);
    if (known == null) {
      known = maker.apply(key);
      entries.put(key, known);
    }
    return known;
  }
}
