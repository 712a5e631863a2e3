package micromegas.transit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Properties that are attached to events. Keep it while many events share it: writers recognise it
/// by identity and send it once per block. Immutable.
public final class PropertySet extends Dependency {
  final List<StaticText> names = new ArrayList<>();
  final List<StaticText> values = new ArrayList<>();

  private PropertySet() {}

  /// Ordered by name, descending, as the Rust client does.
  public static PropertySet of(Map<String, String> properties) {
    PropertySet set = new PropertySet();
    properties.entrySet().stream()
        .sorted(Map.Entry.<String, String>comparingByKey(Comparator.reverseOrder()))
        .forEach(entry -> {
          set.names.add(StaticText.of(entry.getKey()));
          set.values.add(StaticText.of(entry.getValue()));
        });
    return set;
  }

  /// A copy of the pairs.
  public Map<String, String> asMap() {
    Map<String, String> pairs = new TreeMap<>();
    for (int i = 0; i < names.size(); i++) {
      pairs.put(names.get(i).toString(), values.get(i).toString());
    }
    return pairs;
  }

  @Override
  void write(long id, DependencyWriter out) {
    out.properties(id, this);
  }
}
