package micromegas.query.duckdb;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Remembers texts that were made from other texts, the most recently used ones. Thread-safe.
final class TextCache {
  private static final int ENTRIES = 256;

  /// Longer texts are made anew each time, which bounds the cache to some 8 MiB.
  private static final int MAX_CHARS = 16_384;

  private final Map<String, String> entries =
      new LinkedHashMap<>(ENTRIES, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > ENTRIES;
        }
      };

  synchronized Optional<String> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  synchronized void put(String key, String value) {
    if (key.length() <= MAX_CHARS && value.length() <= MAX_CHARS) {
      entries.put(key, value);
    }
  }
}
