package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import micromegas.common.CalendarNanos;
import micromegas.common.Nanos;
import micromegas.query.plan.Relation.Column;

/// Finds what the conditions of one SELECT say about the columns that it reads. Conservative: what
/// is not understood says nothing. Everything that is understood rejects NULL.
final class Conditions {
  private static final int MAX_ROUNDS = 8;

  private final List<Relation> relations;
  private final FromClause from;
  private final Optional<SelectList> aliases;
  private final Constants constants;

  /// Bounds of columns, and pairs of columns that are equal.
  private record Facts(Map<Column, Bound> bounds, List<Column[]> equal) {
    Facts() {
      this(new HashMap<>(), new ArrayList<>());
    }

    void add(Map<Column, Bound> more) {
      more.forEach((column, bound) -> bounds.merge(column, bound, Bound::and));
    }
  }

  /// @param list names that WHERE may use in the place of expressions; a column goes first
  Conditions(FromClause from, SelectList list, Constants constants) {
    this.from = from;
    this.relations = from.relations();
    this.aliases = Optional.of(list);
    this.constants = constants;
  }

  /// Splits a condition at its ANDs.
  static List<JsonNode> conjuncts(JsonNode condition) {
    List<JsonNode> all = new ArrayList<>();
    collect(condition, all);
    return all;
  }

  private static void collect(JsonNode condition, List<JsonNode> all) {
    if (Tree.text(condition, "type").equals("CONJUNCTION_AND")) {
      condition.path("children").forEach(child -> collect(child, all));
    } else if (Tree.present(condition)) {
      all.add(condition);
    }
  }

  /// What matters of the rows of entry `index` of the FROM clause.
  ///
  /// @param where conditions of WHERE
  /// @param demanded what is wanted of the result, as bounds of the columns that it is made of
  Demand of(int index, List<JsonNode> where, Map<Column, Bound> demanded) {
    Relation relation = relations.get(index);
    Facts facts = new Facts();
    if (relation.whereApplies()) {
      facts.add(demanded);
      where.forEach(condition -> add(condition, facts));
    }
    relation.on().forEach(list -> list.forEach(condition -> add(condition, facts)));
    followEqualities(facts);
    Map<String, Bound> own = new HashMap<>();
    facts.bounds.forEach((column, bound) -> {
      if (column.relation() == index && !bound.isAny()) {
        own.put(column.key(), bound);
      }
    });
    return Demand.of(own);
  }

  private void add(JsonNode condition, Facts facts) {
    facts.add(bounds(condition));
    if (Tree.text(condition, "type").equals("COMPARE_EQUAL")) {
      Optional<Column> left = column(condition.path("left"));
      Optional<Column> right = column(condition.path("right"));
      if (left.isPresent() && right.isPresent()) {
        facts.equal.add(new Column[] {left.get(), right.get()});
      }
    }
  }

  /// What bounds a column bounds those that are equal to it.
  private static void followEqualities(Facts facts) {
    boolean changed = !facts.equal.isEmpty() && !facts.bounds.isEmpty();
    for (int round = 0; changed && round < MAX_ROUNDS; round++) {
      changed = false;
      for (Column[] pair : facts.equal) {
        Bound before = facts.bounds.getOrDefault(pair[0], Bound.ANY);
        Bound other = facts.bounds.getOrDefault(pair[1], Bound.ANY);
        Bound both = before.and(other);
        if (!both.equals(before) || !both.equals(other)) {
          facts.bounds.put(pair[0], both);
          facts.bounds.put(pair[1], both);
          changed = true;
        }
      }
    }
  }

  private Map<Column, Bound> bounds(JsonNode condition) {
    return switch (Tree.text(condition, "type")) {
      case "CONJUNCTION_AND" -> {
        Facts all = new Facts();
        condition.path("children").forEach(child -> all.add(bounds(child)));
        yield all.bounds;
      }
      case "CONJUNCTION_OR" -> either(condition.path("children"));
      case "COMPARE_BETWEEN" -> {
        JsonNode input = condition.path("input");
        Facts both = new Facts();
        both.add(compared(input, "COMPARE_GREATERTHANOREQUALTO", condition.path("lower")));
        both.add(compared(input, "COMPARE_LESSTHANOREQUALTO", condition.path("upper")));
        yield both.bounds;
      }
      case "COMPARE_IN" -> in(condition.path("children"));
      default -> {
        if (!Tree.isClass(condition, "COMPARISON")) {
          yield Map.of();
        }
        String operator = Tree.text(condition, "type");
        Facts both = new Facts();
        both.add(compared(condition.path("left"), operator, condition.path("right")));
        both.add(compared(condition.path("right"), mirrored(operator), condition.path("left")));
        yield both.bounds;
      }
    };
  }

  private Map<Column, Bound> either(JsonNode alternatives) {
    Map<Column, Bound> result = null;
    for (JsonNode alternative : alternatives) {
      Map<Column, Bound> one = bounds(alternative);
      if (result == null) {
        result = new HashMap<>(one);
      } else {
        result.keySet().retainAll(one.keySet());
        result.replaceAll((column, bound) -> bound.or(one.getOrDefault(column, Bound.ANY)));
      }
    }
    return result == null ? Map.of() : result;
  }

  private Map<Column, Bound> in(JsonNode children) {
    Bound any = null;
    for (int i = 1; i < children.size(); i++) {
      Optional<Bound> one = bound("COMPARE_EQUAL", children.get(i), false);
      if (one.isEmpty()) {
        return Map.of();
      }
      any = any == null ? one.get() : any.or(one.get());
    }
    return any == null ? Map.of() : columnBounds(children.path(0), any);
  }

  private static String mirrored(String operator) {
    return switch (operator) {
      case "COMPARE_GREATERTHAN" -> "COMPARE_LESSTHAN";
      case "COMPARE_LESSTHAN" -> "COMPARE_GREATERTHAN";
      case "COMPARE_GREATERTHANOREQUALTO" -> "COMPARE_LESSTHANOREQUALTO";
      case "COMPARE_LESSTHANOREQUALTO" -> "COMPARE_GREATERTHANOREQUALTO";
      default -> operator;
    };
  }

  private Map<Column, Bound> compared(JsonNode expression, String operator, JsonNode value) {
    boolean asNumber = isCastTo(expression, Set.of("bigint", "int8", "int64", "long"));
    JsonNode compared = asNumber ? expression.path("child") : expression;
    return bound(operator, value, asNumber)
        .map(bound -> columnBounds(compared, bound))
        .orElse(Map.of());
  }

  /// What comparing with `value` says.
  ///
  /// @param nanos whether a whole number is a time
  private Optional<Bound> bound(String operator, JsonNode value, boolean nanos) {
    boolean equal =
        operator.equals("COMPARE_EQUAL") || operator.equals("COMPARE_NOT_DISTINCT_FROM");
    boolean lower = equal || operator.startsWith("COMPARE_GREATERTHAN");
    boolean upper = equal || operator.startsWith("COMPARE_LESSTHAN");
    Optional<byte[]> bytes = equal ? constants.bytes(value) : Optional.empty();
    if (bytes.isPresent()) {
      return bytes.map(Bound::ofBytes);
    }
    Optional<Object> constant = lower || upper ? constants.evaluate(value) : Optional.empty();
    if (constant.isEmpty()) {
      return Optional.empty();
    }
    if (nanos) {
      return constant.get() instanceof Long number
          ? Optional.of(between(lower, upper, number))
          : Optional.empty();
    }
    Optional<Bound> time =
        constants.time(value).map(Nanos::fromInstant).map(at -> between(lower, upper, at));
    if (equal && constant.get() instanceof String text) {
      Bound same = new Bound(Long.MIN_VALUE, Long.MAX_VALUE, Optional.of(Set.of(text)));
      return Optional.of(time.map(same::and).orElse(same));
    }
    return time;
  }

  private static Bound between(boolean lower, boolean upper, long at) {
    return Bound.between(lower ? at : Long.MIN_VALUE, upper ? at : Long.MAX_VALUE);
  }

  /// What a bound of the value of `expression` says about the column that it is made of.
  Map<Column, Bound> columnBounds(JsonNode expression, Bound bound) {
    return switch (Tree.text(expression, "class")) {
      case "COLUMN_REF" -> {
        Optional<Column> column = column(expression);
        yield column.isPresent() ? Map.of(column.get(), bound) : aliased(expression, bound);
      }
      case "CAST" -> {
        JsonNode child = expression.path("child");
        if (isCastTo(expression, Set.of("varchar", "text", "string"))) {
          yield columnBounds(child, bound.beforeFormatting());
        }
        // A cast to another precision rounds by less than a microsecond, a date by a day.
        yield Constants.isTimeType(Tree.lower(expression.path("type_expr"), "type_name"))
            ? columnBounds(child, bound.beforeRounding(CalendarNanos.DAY))
            : Map.of();
      }
      case "FUNCTION" -> {
        Optional<JsonNode> printed = constants.hexOf(expression);
        yield printed.isPresent()
            ? columnBounds(printed.get(), bound.beforeHex())
            : rounded(expression, bound);
      }
      default -> Map.of();
    };
  }

  private Map<Column, Bound> rounded(JsonNode call, Bound bound) {
    List<? extends JsonNode> arguments = Tree.arguments(call);
    if (arguments.size() < 2) {
      return Map.of();
    }
    return switch (Tree.lower(call, "function_name")) {
      case "date_trunc", "datetrunc", "date_bin" ->
          constants
              .roundingNanos(arguments.getFirst())
              .map(nanos -> columnBounds(arguments.get(1), bound.beforeRounding(nanos)))
              .orElse(Map.of());
      case "arrow_cast" -> columnBounds(arguments.getFirst(), bound.beforeFormatting());
      default -> Map.of();
    };
  }

  private static boolean isCastTo(JsonNode node, Set<String> types) {
    return Tree.isClass(node, "CAST")
        && types.contains(Tree.lower(node.path("type_expr"), "type_name"));
  }

  /// An expression of the select list that the condition names.
  private Map<Column, Bound> aliased(JsonNode reference, Bound bound) {
    JsonNode names = reference.path("column_names");
    if (names.size() != 1 || aliases.isEmpty()) {
      return Map.of();
    }
    Optional<JsonNode> expression =
        aliases
            .get()
            .find(names.get(0).asText().toLowerCase(Locale.ROOT))
            .flatMap(SelectList.Item::expression);
    // Only one step: an alias that names itself would not end.
    return expression.isPresent() && !Tree.text(expression.get(), "alias").isEmpty()
        ? new Conditions(from, constants).columnBounds(expression.get(), bound)
        : Map.of();
  }

  private Conditions(FromClause from, Constants constants) {
    this.from = from;
    this.relations = from.relations();
    this.aliases = Optional.empty();
    this.constants = constants;
  }

  /// The column that `node` names. Where a query is valid, a name that one entry is known to have
  /// is that entry's.
  Optional<Column> column(JsonNode node) {
    JsonNode names = node.path("column_names");
    if (!Tree.isClass(node, "COLUMN_REF") || names.isEmpty() || names.size() > 2) {
      return Optional.empty();
    }
    String name = names.get(names.size() - 1).asText();
    if (names.size() == 2) {
      return qualified(names.get(0).asText(), name);
    }
    List<Column> known = new ArrayList<>();
    List<Column> unknown = new ArrayList<>();
    for (int i = 0; i < relations.size(); i++) {
      Relation relation = relations.get(i);
      Optional<String> key = relation.key(name);
      if (key.isPresent()) {
        (relation.isKnown() ? known : unknown).add(new Column(i, key.get()));
      } else if (!relation.isKnown()) {
        unknown.add(new Column(i, ""));
      }
    }
    if (known.size() == 1 || (known.size() > 1 && from.isMerged(name.toLowerCase(Locale.ROOT)))) {
      return Optional.of(known.getFirst());
    }
    return known.isEmpty() && unknown.size() == 1 && !unknown.getFirst().key().isEmpty()
        ? Optional.of(unknown.getFirst())
        : Optional.empty();
  }

  private Optional<Column> qualified(String qualifier, String name) {
    Optional<Column> found = Optional.empty();
    for (int i = 0; i < relations.size(); i++) {
      if (relations.get(i).isQualifiedBy(qualifier)) {
        if (found.isPresent()) {
          return Optional.empty();
        }
        int index = i;
        found = relations.get(i).key(name).map(key -> new Column(index, key));
      }
    }
    return found;
  }
}
