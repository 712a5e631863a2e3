package micromegas.tracing.adapter;

import java.util.TreeMap;
import micromegas.tracing.PropertySet;
import org.jspecify.annotations.Nullable;

/// Collects the properties of one event: key-values, markers, and what is taken from the diagnostic
/// context. Make one only for an event that has any. What comes later wins. Used by one thread;
/// never throws.
///
/// Sets are interned in a bounded table, so that equal ones cost their bytes once per block; the
/// keys that servers give a meaning of their own get the prefix `tag.`, see [PropertySet].
public final class EventProperties {
  /// The class of the exception of an event.
  public static final String EXCEPTION_TYPE = "exception.type";

  /// The markers of an event, separated by commas.
  public static final String MARKER = "marker";

  private final TreeMap<String, String> pairs = new TreeMap<>();

  /// One pair; null is shown as `null`.
  public EventProperties add(@Nullable String key, @Nullable Object value) {
    pairs.put(String.valueOf(key), Texts.of(value));
    return this;
  }

  /// One more marker.
  public EventProperties marker(@Nullable String name) {
    pairs.merge(MARKER, String.valueOf(name), (before, more) -> before + "," + more);
    return this;
  }

  /// All pairs of `others`, which win over those that are there.
  public EventProperties addAll(EventProperties others) {
    pairs.putAll(others.pairs);
    return this;
  }

  /// The set of properties; empty for null.
  public static PropertySet setOf(@Nullable EventProperties properties) {
    return properties == null ? PropertySet.EMPTY : PropertySet.of(properties.pairs);
  }
}
