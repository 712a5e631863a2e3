package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import micromegas.query.plan.Relation.Column;

/// The columns of a SELECT, as far as they are known without asking the engine.
final class SelectList {
  private final List<Item> items = new ArrayList<>();
  private boolean complete = true;
  private boolean passesNames;

  /// One column: an expression, or the column behind a `*`.
  ///
  /// @param name in lower case; empty for an expression without one
  record Item(String name, Optional<JsonNode> expression, Optional<Column> column) {}

  SelectList(JsonNode list, FromClause from) {
    for (JsonNode node : list) {
      if (!complete) {
        break;
      }
      if (Tree.isClass(node, "STAR")) {
        expand(node, from, list.size() == 1);
      } else {
        items.add(new Item(name(node), Optional.of(node), Optional.empty()));
      }
    }
  }

  private static String name(JsonNode node) {
    String alias = Tree.text(node, "alias");
    if (alias.isEmpty() && Tree.isClass(node, "COLUMN_REF")) {
      JsonNode names = node.path("column_names");
      alias = names.path(names.size() - 1).asText();
    }
    return alias.toLowerCase(Locale.ROOT);
  }

  private void expand(JsonNode star, FromClause from, boolean alone) {
    List<Relation> relations = from.relations();
    String qualifier = Tree.text(star, "relation_name");
    boolean plain =
        star.path("exclude_list").isEmpty()
            && star.path("qualified_exclude_list").isEmpty()
            && star.path("replace_list").isEmpty()
            && star.path("rename_list").isEmpty()
            && star.path("expr").isEmpty()
            && !star.path("columns").asBoolean()
            && (from.starIsPlain() || !qualifier.isEmpty());
    List<Integer> starred = new ArrayList<>();
    for (int i = 0; i < relations.size(); i++) {
      if (qualifier.isEmpty() || relations.get(i).isQualifiedBy(qualifier)) {
        starred.add(i);
      }
    }
    boolean known =
        plain && !starred.isEmpty() && starred.stream().allMatch(i -> relations.get(i).isKnown());
    if (!known) {
      complete = false;
      passesNames = plain && alone && relations.size() == 1;
      return;
    }
    for (int i : starred) {
      List<String> names = relations.get(i).visible().orElseThrow();
      for (int column = 0; column < names.size(); column++) {
        Column source = new Column(i, relations.get(i).key(column));
        items.add(new Item(names.get(column), Optional.empty(), Optional.of(source)));
      }
    }
  }

  /// Names of all columns, unless one of them is unknown.
  Optional<List<String>> names() {
    return complete ? Optional.of(items.stream().map(Item::name).toList()) : Optional.empty();
  }

  /// The column that a key of a [Demand] means.
  Optional<Item> find(String key) {
    for (int i = 0; i < items.size(); i++) {
      if (key.equals(Demand.position(i)) || key.equals(items.get(i).name())) {
        return Optional.of(items.get(i));
      }
    }
    return passesNames && !Demand.isPosition(key)
        ? Optional.of(new Item(key, Optional.empty(), Optional.of(new Column(0, key))))
        : Optional.empty();
  }
}
