package micromegas.lakehouse.blocks;

import java.util.List;
import micromegas.transit.DependencyTable;
import micromegas.transit.FieldAccess;
import micromegas.transit.RecordLayout;
import micromegas.transit.TransitLayout;
import micromegas.transit.TypeTable;

/// What the metric descriptors and property sets of a block say, by their ordinals, found once per
/// entry and block. Texts are given as ordinals. Belongs to one decoding thread.
final class MetricDescriptors {
  private static final int UNKNOWN = -1;
  private static final int NONE = -2;

  private final DependencyTable dependencies;
  private TypeTable types = TransitLayout.compile(List.of(), List.of()).dependencies();
  private int[] names = new int[256];
  private int[] units = new int[256];
  private int[] targets = new int[256];
  private int[] resolved = new int[1024];

  /// By text: 0 = not `ticks`, 1 = `ticks`.
  private int[] ticks = new int[256];

  MetricDescriptors(DependencyTable dependencies) {
    this.dependencies = dependencies;
  }

  /// Starts a block.
  void begin(TypeTable dependencyTypes) {
    types = dependencyTypes;
    int size = dependencies.size();
    names = TextIndex.cleared(names, size);
    units = TextIndex.cleared(units, size);
    targets = TextIndex.cleared(targets, size);
    ticks = TextIndex.cleared(ticks, size);
  }

  /// Room for `perMetric` numbers of each entry of the block, all -1: what the caller finds out
  /// about metrics.
  int[] resolved(int perMetric) {
    resolved = TextIndex.cleared(resolved, Math.multiplyExact(dependencies.size(), perMetric));
    return resolved;
  }

  /// Makes a metric's texts known.
  void resolveMetric(int metric) {
    if (names[metric] == UNKNOWN) {
      RecordLayout layout = types.type(dependencies.recordType(metric));
      units[metric] = text(metric, layout.reference("unit"));
      targets[metric] = text(metric, layout.reference("target"));
      names[metric] = text(metric, layout.reference("name")); // last: it says that all are known
    }
  }

  /// Makes known which texts a property set overrides.
  void resolveSet(int set) {
    if (names[set] == UNKNOWN) {
      findOverrides(set);
    }
  }

  /// Whether a property set names other texts than its metric; valid after [#resolveSet].
  boolean overrides(int set) {
    return names[set] != NONE || units[set] != NONE || targets[set] != NONE;
  }

  /// Valid after [#resolveMetric].
  int name(int metric) {
    return names[metric];
  }

  int unit(int metric) {
    return units[metric];
  }

  int target(int metric) {
    return targets[metric];
  }

  /// Valid after [#resolveMetric] and [#resolveSet].
  int name(int metric, int set) {
    return names[set] == NONE ? names[metric] : names[set];
  }

  int unit(int metric, int set) {
    return units[set] == NONE ? units[metric] : units[set];
  }

  int target(int metric, int set) {
    return targets[set] == NONE ? targets[metric] : targets[set];
  }

  /// Whether a text is the unit of durations in ticks.
  boolean isTicks(int text) {
    int known = ticks[text];
    if (known == UNKNOWN) {
      known = Texts.is(dependencies, text, Texts.TICKS) ? 1 : 0;
      ticks[text] = known;
    }
    return known == 1;
  }

  private int text(int metric, FieldAccess field) {
    return dependencies.requireText(
        field.getLong(dependencies.records(), dependencies.recordBegin(metric)));
  }

  private void findOverrides(int set) {
    int name = NONE;
    int unit = NONE;
    int target = NONE;
    for (int i = 0; i < dependencies.propertyCount(set); i++) {
      int value = dependencies.propertyValue(set, i);
      if (!dependencies.isText(value)) {
        continue;
      }
      int key = dependencies.propertyName(set, i);
      if (Texts.is(dependencies, key, Texts.NAME)) {
        name = value;
      } else if (Texts.is(dependencies, key, Texts.UNIT)) {
        unit = value;
      } else if (Texts.is(dependencies, key, Texts.TARGET)) {
        target = value;
      }
    }
    names[set] = name;
    units[set] = unit;
    targets[set] = target;
  }
}
