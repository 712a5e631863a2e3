package micromegas.query.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/// One entry of a WITH clause, and what its readers want of it. Readers are visited before the
/// entry itself, so that its scans can be pruned by what all of them say.
final class Cte {
  private final String name;
  private final ObjectNode query;
  private final Scope scope;
  private final boolean recursive;
  private final Optional<List<String>> columns;
  private Demand demand = Demand.NOTHING;

  /// @param name in lower case
  /// @param outer what names mean before this entry
  /// @param recursive whether the query reads itself
  /// @param columns names of its columns, where they are known
  Cte(
      String name,
      ObjectNode query,
      Scope outer,
      boolean recursive,
      Optional<List<String>> columns) {
    this.name = name;
    this.query = query;
    this.recursive = recursive;
    this.columns = columns;
    this.scope = recursive ? outer.with(this) : outer;
  }

  String name() {
    return name;
  }

  ObjectNode query() {
    return query;
  }

  /// What names mean in the query.
  Scope scope() {
    return scope;
  }

  Optional<List<String>> columns() {
    return columns;
  }

  /// Notes one more reader. One that reads itself needs all its rows to go on.
  void read(Demand by) {
    demand = demand.or(recursive && !by.nothing() ? Demand.EVERYTHING : by);
  }

  /// What its readers want, once all have been visited.
  Demand demand() {
    return demand;
  }
}
