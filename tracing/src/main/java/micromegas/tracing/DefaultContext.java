package micromegas.tracing;

import java.util.Map;
import java.util.TreeMap;
import micromegas.tracing.record.Recording;

/// Properties of the process that change while it runs (the level of a game, the tenant of a
/// worker): attached to every log and metric that has no properties of its own. A null key or value
/// becomes `null`. Thread-safe.
public final class DefaultContext {
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

  private static void publish() {
    Recording.setDefaultProperties(PropertySet.of(VALUES).reference());
  }
}
