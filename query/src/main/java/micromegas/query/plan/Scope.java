package micromegas.query.plan;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The names of WITH clauses that a query can use.
record Scope(Map<String, Cte> ctes) {
  static final Scope EMPTY = new Scope(Map.of());

  Scope {
    ctes = Map.copyOf(ctes);
  }

  Scope with(Cte cte) {
    Map<String, Cte> more = new HashMap<>(ctes);
    more.put(cte.name(), cte);
    return new Scope(more);
  }

  Optional<Cte> find(String name) {
    return Optional.ofNullable(ctes.get(name.toLowerCase(Locale.ROOT)));
  }
}
