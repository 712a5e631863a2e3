package micromegas.tracing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Names of spans that come from data, for adapters: so many, and a common one for all others, so
/// that a text with an id in it cannot make a million names. Thread-safe.
public final class BoundedNames {
  private final int max;
  private final Name others;
  private final Map<String, Name> names = new ConcurrentHashMap<>();

  /// @param max different names
  /// @param others the name of all further texts
  public BoundedNames(int max, String others) {
    this.max = max;
    this.others = Name.of(others);
  }

  /// The name for a text.
  public Name of(String data) {
    String text = String.valueOf(data);
    Name known = names.get(text);
    if (known != null) {
      return known;
    }
    if (names.size() >= max) {
      return others;
    }
    Name name = Name.of(text);
    names.put(text, name);
    return name;
  }
}
