package micromegas.tracing.adapter;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import micromegas.tracing.PropertySet;
import org.jspecify.annotations.Nullable;

/// Collects the properties of one event: key-values, markers, and what is taken from the diagnostic
/// context. Make one only for an event that has any. What comes later wins; the first
/// [PropertySet#MAX_PAIRS] keys count. Used by one thread; never throws.
///
/// Sets are interned in a bounded table, so that equal ones cost their bytes once per block; the
/// keys that servers give a meaning of their own get the prefix `tag.`, see [PropertySet].
public final class EventProperties {
  /// The class of the exception of an event.
  public static final String EXCEPTION_TYPE = "exception.type";

  /// The markers of an event, separated by commas.
  public static final String MARKER = "marker";

  /// Recent sets, in front of the table that interns all: found by the pairs as they were given,
  /// without a lock. Racy; an entry that is lost is found in the table.
  private static final @Nullable Recent[] RECENT = new Recent[1_024];

  /// Characters of a set that is kept there, so that long values do not pile up.
  private static final int MAX_RECENT_CHARS = 512;

  /// Keys and values in turn, and the set they make.
  private record Recent(String[] pairs, PropertySet set) {
    boolean is(String[] others, int size) {
      return Arrays.equals(pairs, 0, pairs.length, others, 0, size);
    }
  }

  /// Keys and values in turn.
  private String[] pairs = new String[8];

  private int size;

  /// One pair; null is shown as `null`.
  public EventProperties add(@Nullable String key, @Nullable Object value) {
    put(String.valueOf(key), Texts.of(value));
    return this;
  }

  /// One more marker.
  public EventProperties marker(@Nullable String name) {
    int at = find(MARKER);
    put(MARKER, at < 0 ? String.valueOf(name) : pairs[at + 1] + "," + name);
    return this;
  }

  /// All pairs of `others`, which win over those that are there.
  public EventProperties addAll(@Nullable EventProperties others) {
    for (int i = 0; others != null && i < others.size; i += 2) {
      put(others.pairs[i], others.pairs[i + 1]);
    }
    return this;
  }

  private int find(String key) {
    for (int i = 0; i < size; i += 2) {
      if (pairs[i].equals(key)) {
        return i;
      }
    }
    return -1;
  }

  private void put(String key, String value) {
    int at = find(key);
    if (at >= 0) {
      pairs[at + 1] = value;
    } else if (size < 2 * PropertySet.MAX_PAIRS) {
      if (size == pairs.length) {
        pairs = Arrays.copyOf(pairs, 2 * size);
      }
      pairs[size++] = key;
      pairs[size++] = value;
    }
  }

  /// The set of properties; empty for null.
  public static PropertySet setOf(@Nullable EventProperties properties) {
    return properties == null ? PropertySet.EMPTY : properties.set();
  }

  /// A set with the class of a failure, if there is one.
  public static PropertySet withFailure(
      @Nullable PropertySet properties, @Nullable Throwable failure) {
    PropertySet set = properties == null ? PropertySet.EMPTY : properties;
    return failure == null ? set : set.with(EXCEPTION_TYPE, failure.getClass().getName());
  }

  private PropertySet set() {
    int hash = 0;
    int chars = 0;
    for (int i = 0; i < size; i++) {
      hash = 31 * hash + pairs[i].hashCode();
      chars += Math.min(pairs[i].length(), MAX_RECENT_CHARS);
    }
    if (chars > MAX_RECENT_CHARS) {
      return intern();
    }
    int slot = (hash ^ hash >>> 16) & RECENT.length - 1;
    Recent recent = RECENT[slot];
    if (recent == null || !recent.is(pairs, size)) {
      recent = new Recent(Arrays.copyOf(pairs, size), intern());
      RECENT[slot] = recent;
    }
    return recent.set();
  }

  private PropertySet intern() {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < size; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return PropertySet.of(map);
  }
}
