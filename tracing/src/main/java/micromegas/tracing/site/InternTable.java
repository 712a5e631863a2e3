package micromegas.tracing.site;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// Finds the one object of each key; the keys that were not asked for the longest are forgotten.
/// Thread-safe; not for hot paths.
public final class InternTable<K, V> {
  private static final int SHARDS = 16;

  private final Shard<K, V>[] shards;

  /// @param maxEntries kept at most
  @SuppressWarnings({"unchecked", "rawtypes"})
  public InternTable(int maxEntries) {
    shards = new Shard[SHARDS];
    for (int i = 0; i < SHARDS; i++) {
      shards[i] = new Shard<>(Math.max(1, maxEntries / SHARDS));
    }
  }

  /// The object of the key, made when there is none.
  public V get(K key, Function<K, V> maker) {
    int hash = key.hashCode() * 0x9e3779b9;
    return shards[hash >>> 28].get(key, maker);
  }

  private static final class Shard<K, V> {
    private final Map<K, V> entries;

    Shard(int max) {
      entries =
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
              return size() > max;
            }
          };
    }

    synchronized V get(K key, Function<K, V> maker) {
      V known = entries.get(key);
      if (known == null) {
        known = maker.apply(key);
        entries.put(key, known);
      }
      return known;
    }
  }
}
