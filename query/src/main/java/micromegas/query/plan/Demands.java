package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import micromegas.query.plan.Relation.Column;

/// Carries what is wanted of the result of a query to what it reads.
final class Demands {
  private Demands() {}

  /// Whether rows that nobody wants may be left out before the rest of the query is done: not
  /// before LIMIT, and not before DISTINCT ON, which choose by what is there.
  static boolean mayPass(JsonNode query) {
    for (JsonNode modifier : query.path("modifiers")) {
      boolean harmless =
          switch (Tree.text(modifier, "type")) {
            case "ORDER_MODIFIER" -> true;
            case "DISTINCT_MODIFIER" -> modifier.path("distinct_on_targets").isEmpty();
            default -> false;
          };
      if (!harmless) {
        return false;
      }
    }
    return true;
  }

  /// Bounds of the columns that a SELECT reads, so that its result is right for `demand`.
  ///
  /// A grouped SELECT has columns without aggregates only if they come from its keys, so that whole
  /// groups are left out. Window functions see other rows of the result, but not beyond their
  /// partition.
  static Map<Column, Bound> of(
      ObjectNode select, SelectList list, Conditions conditions, Demand demand) {
    if (demand.bounds().isEmpty() || !mayPass(select)) {
      return Map.of();
    }
    List<ObjectNode> windows = new ArrayList<>();
    collectWindows(select.path("select_list"), windows);
    collectWindows(select.path("qualify"), windows);
    Map<Column, Bound> bounds = new HashMap<>();
    demand
        .bounds()
        .forEach((key, bound) -> {
          Optional<SelectList.Item> item = list.find(key);
          item.flatMap(SelectList.Item::column)
              .ifPresent(column -> bounds.merge(column, bound, Bound::and));
          item.flatMap(SelectList.Item::expression)
              .ifPresent(expression ->
                  conditions
                      .columnBounds(expression, bound)
                      .forEach((column, one) -> bounds.merge(column, one, Bound::and)));
        });
    for (ObjectNode window : windows) {
      Set<Column> partition = partition(window, conditions);
      bounds.keySet().retainAll(partition);
    }
    return bounds;
  }

  private static void collectWindows(JsonNode node, List<ObjectNode> windows) {
    if (node instanceof ObjectNode object && Tree.isClass(node, "WINDOW")) {
      windows.add(object);
    }
    node.forEach(child -> collectWindows(child, windows));
  }

  private static Set<Column> partition(ObjectNode window, Conditions conditions) {
    Set<Column> columns = new java.util.HashSet<>();
    window.path("partitions").forEach(key -> conditions.column(key).ifPresent(columns::add));
    return columns;
  }
}
