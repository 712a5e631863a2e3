package micromegas.tracing.agent.advice;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import micromegas.tracing.Name;

/// Names of spans that come from data: so many, and a common one for all others, so that a text
/// with an id in it cannot make a million names. Thread-safe.
final class BoundedNames {
  private final int max;
  private final Name others;
  private final Map<String, Name> names = new ConcurrentHashMap<>();

  BoundedNames(int max, String others) {
    this.max = max;
    this.others = Name.of(others);
  }

  Name of(String text) {
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
