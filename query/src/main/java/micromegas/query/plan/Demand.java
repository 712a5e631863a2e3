package micromegas.query.plan;

import java.util.HashMap;
import java.util.Map;

/// What matters of the rows of a query to those who read it: only rows whose columns are within
/// these bounds.
///
/// @param bounds by name of the column, in lower case, or by [#position]
/// @param nothing no row matters, because nobody reads them
record Demand(Map<String, Bound> bounds, boolean nothing) {
  static final Demand EVERYTHING = new Demand(Map.of(), false);
  static final Demand NOTHING = new Demand(Map.of(), true);

  Demand {
    bounds = Map.copyOf(bounds);
  }

  static Demand of(Map<String, Bound> bounds) {
    return new Demand(bounds, false);
  }

  /// The key of the column at `index`, from 0. No name begins like this.
  static String position(int index) {
    return "\0" + index;
  }

  static boolean isPosition(String key) {
    return key.startsWith("\0");
  }

  Bound bound(String column) {
    return bounds.getOrDefault(column, Bound.ANY);
  }

  /// What matters to one reader or the other.
  Demand or(Demand other) {
    if (nothing) {
      return other;
    }
    if (other.nothing) {
      return this;
    }
    Map<String, Bound> both = new HashMap<>();
    bounds.forEach((column, bound) -> {
      Bound either = bound.or(other.bound(column));
      if (!either.isAny()) {
        both.put(column, either);
      }
    });
    return Demand.of(both);
  }
}
