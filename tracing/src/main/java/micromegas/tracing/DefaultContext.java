package micromegas.tracing;

import java.util.Map;
import java.util.TreeMap;
import micromegas.tracing.record.Recording;
import micromegas.tracing.record.Reference;
import org.jspecify.annotations.Nullable;

/// Properties of the process that change while it runs (the level of a game, the tenant of a
/// worker): attached to every log and metric that has no properties of its own. A null key or value
/// becomes `null`. Thread-safe.
public final class DefaultContext {
  /// The key of what [#spanIds] attaches.
  public static final String SPAN_ID = "context.span_id";

  private static final Map<String, String> VALUES = new TreeMap<>();

  private DefaultContext() {}

  public static void set(String key, String value) {
    synchronized (VALUES) {
      VALUES.put(String.valueOf(key), String.valueOf(value));
      publish();
    }
  }

  /// Sets several at once, so that no event sees some of them only.
  public static void setAll(Map<String, String> pairs) {
    if (pairs == null) {
      return;
    }
    synchronized (VALUES) {
      pairs.forEach((key, value) -> VALUES.put(String.valueOf(key), String.valueOf(value)));
      publish();
    }
  }

  public static void unset(String key) {
    synchronized (VALUES) {
      VALUES.remove(String.valueOf(key));
      publish();
    }
  }

  public static void clear() {
    synchronized (VALUES) {
      VALUES.clear();
      publish();
    }
  }

  /// What is set now.
  public static Map<String, String> copy() {
    synchronized (VALUES) {
      return Map.copyOf(VALUES);
    }
  }

  /// Attaches to each log and metric, also to those with properties of their own, the id of the
  /// current async span, if there is one. Each span makes property sets of its own then, which
  /// costs a look-up per event and many bytes: for tests and for short recordings.
  public static void spanIds(boolean on) {
    Recording.setMarker(on ? DefaultContext::withSpanId : null);
  }

  private static @Nullable Reference withSpanId(@Nullable Reference properties) {
    long id = SpanContext.currentId();
    if (id == 0) {
      return properties;
    }
    PropertySet own =
        properties != null && properties.dependency() instanceof micromegas.transit.PropertySet set
            ? PropertySet.of(set.asMap())
            : PropertySet.EMPTY;
    return own.with(SPAN_ID, Long.toString(id)).reference();
  }

  private static void publish() {
    Recording.setDefaultProperties(PropertySet.of(VALUES).reference());
  }
}
