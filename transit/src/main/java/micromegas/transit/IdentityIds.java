package micromegas.transit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Ids of the objects that a block has sent already, by identity; no allocation per lookup. Not
/// thread-safe.
final class IdentityIds {
  private @Nullable Object[] keys = new Object[64];
  private long[] ids = new long[64];
  private int size;

  /// The id, or 0 when the object was not sent.
  long get(Object key) {
    return ids[slot(key)];
  }

  void put(Object key, long id) {
    int slot = slot(key);
    keys[slot] = key;
    ids[slot] = id;
    if (2 * ++size > keys.length) {
      grow();
    }
  }

  void clear() {
    Arrays.fill(keys, null);
    Arrays.fill(ids, 0);
    size = 0;
  }

  private int slot(Object key) {
    int mask = keys.length - 1;
    int slot = System.identityHashCode(key) & mask;
    while (keys[slot] != null && keys[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    @Nullable Object[] oldKeys = keys;
    long[] oldIds = ids;
    keys = new Object[oldKeys.length * 2];
    ids = new long[oldKeys.length * 2];
    for (int i = 0; i < oldKeys.length; i++) {
      Object key = oldKeys[i];
      if (key != null) {
        int slot = slot(key);
        keys[slot] = key;
        ids[slot] = oldIds[i];
      }
    }
  }
}
