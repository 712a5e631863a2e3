package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import micromegas.common.BadRequestException;
import micromegas.query.TableCatalog;
import micromegas.query.TableFunction;
import micromegas.query.TableProvider;
import micromegas.query.plan.Relation.Source;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// What one FROM clause reads, and which conditions of its joins bound which of its entries.
///
/// A row of an entry may be left out if every row of the result that it is part of, and every match
/// that it makes, would be rejected. So the conditions of an inner join bound both sides, those of
/// a LEFT join its right side alone, and conditions around a join everything in it, since all of
/// them reject NULL: rows that an outer join fills up with NULL instead do not pass either.
final class FromClause {
  private final List<Relation> relations = new ArrayList<>();
  private final Set<String> merged = new HashSet<>();
  private boolean starIsPlain = true;

  List<Relation> relations() {
    return relations;
  }

  /// Whether USING has made one column of those called `name`, which is that of the first entry.
  boolean isMerged(String name) {
    return merged.contains(name);
  }

  /// Whether `*` stands for the columns of all entries in order.
  boolean starIsPlain() {
    return starIsPlain;
  }

  /// Finds what names mean.
  static final class Reader {
    private static final String VIEW_INSTANCE = "view_instance";

    private final Planner planner;
    private final AllowList allowList;
    private final TableCatalog catalog;
    private final Scans scans;
    private final CatalogCalls calls;
    private final Constants constants;

    Reader(PlanContext context, CatalogCalls calls, Constants constants) {
      this.planner = context.planner();
      this.allowList = planner.allowList();
      this.catalog = context.catalog();
      this.scans = context.scans();
      this.calls = calls;
      this.constants = constants;
    }

    FromClause read(JsonNode select, Scope scope) {
      boolean sampled = isSampled(select);
      FromClause from = new FromClause();
      read(select.path("from_table"), scope, !sampled, List.of(), from);
      return from;
    }

    private void read(
        JsonNode reference, Scope scope, boolean where, List<List<JsonNode>> on, FromClause from) {
      if (!reference.isObject()) {
        return;
      }
      allowList.requireReference(reference);
      boolean sampled = isSampled(reference);
      boolean whereApplies = where && !sampled;
      List<List<JsonNode>> applied = sampled ? List.of() : on;
      if (Tree.text(reference, "type").equals("JOIN")) {
        join((ObjectNode) reference, scope, whereApplies, applied, from);
      } else {
        from.relations.add(relation((ObjectNode) reference, scope, whereApplies, applied));
      }
    }

    private void join(
        ObjectNode join, Scope scope, boolean where, List<List<JsonNode>> on, FromClause from) {
      String kind = Tree.text(join, "join_type");
      boolean plain = Set.of("REGULAR", "CROSS", "NATURAL").contains(Tree.text(join, "ref_type"));
      boolean bounds = plain && where;
      // The join's own conditions are filled in once both sides are known: USING names columns of
      // both.
      List<JsonNode> left = new ArrayList<>();
      List<JsonNode> right = new ArrayList<>();
      int first = from.relations.size();
      read(join.path("left"), scope, bounds, plain ? with(on, left) : List.of(), from);
      int second = from.relations.size();
      read(join.path("right"), scope, bounds, plain ? with(on, right) : List.of(), from);
      boolean addsColumns =
          plain
              && !Tree.text(join, "ref_type").equals("NATURAL")
              && join.path("using_columns").isEmpty()
              && !Set.of("SEMI", "ANTI").contains(kind);
      from.starIsPlain &= addsColumns;
      if (!plain) {
        return;
      }
      List<JsonNode> own = Conditions.conjuncts(join.path("condition"));
      own.addAll(using(join, kind, from, first, second));
      switch (kind) {
        case "INNER", "SEMI" -> {
          left.addAll(own);
          right.addAll(own);
        }
        case "LEFT", "ANTI" -> right.addAll(own);
        case "RIGHT" -> left.addAll(own);
        default -> {
          // A row that matches nothing stays.
        }
      }
    }

    private static List<List<JsonNode>> with(List<List<JsonNode>> lists, List<JsonNode> one) {
      List<List<JsonNode>> all = new ArrayList<>(lists);
      all.add(one);
      return all;
    }

    /// The equalities that USING stands for.
    private static List<JsonNode> using(
        ObjectNode join, String kind, FromClause from, int first, int second) {
      List<JsonNode> equalities = new ArrayList<>();
      for (JsonNode column : join.path("using_columns")) {
        String name = column.asText();
        if (Set.of("INNER", "LEFT").contains(kind)) {
          from.merged.add(name.toLowerCase(Locale.ROOT));
        }
        Optional<Relation> left = owner(from.relations.subList(first, second), name);
        Optional<Relation> right =
            owner(from.relations.subList(second, from.relations.size()), name);
        if (left.isPresent() && right.isPresent()) {
          ObjectNode equality =
              Tree.object().put("class", "COMPARISON").put("type", "COMPARE_EQUAL");
          equality.set("left", Tree.column(left.get().alias(), name));
          equality.set("right", Tree.column(right.get().alias(), name));
          equalities.add(equality);
        }
      }
      return equalities;
    }

    private static Optional<Relation> owner(List<Relation> side, String column) {
      return side.stream()
          .filter(relation -> relation.isKnown() && relation.key(column).isPresent())
          .filter(relation -> !relation.alias().isEmpty())
          .findFirst();
    }

    private Relation relation(
        ObjectNode reference, Scope scope, boolean where, List<List<JsonNode>> on) {
      String alias = Tree.text(reference, "alias");
      return switch (Tree.text(reference, "type")) {
        case "BASE_TABLE" -> {
          String name = Tree.text(reference, "table_name");
          String shown = alias.isEmpty() ? name : alias;
          Source source = named(reference, name, scope);
          yield relation(reference, shown, shown, source, where, on);
        }
        case "TABLE_FUNCTION" -> {
          JsonNode function = reference.path("function");
          String name = Tree.lower(function, "function_name");
          if (DocumentFunctions.isOne(name)) {
            takeApart(reference, name, scope);
            yield relation(reference, scope, where, on);
          }
          yield relation(
              reference,
              alias.isEmpty() ? name : alias,
              alias.isEmpty() ? name + "()" : alias,
              function(name, function),
              where,
              on);
        }
        case "SUBQUERY" -> {
          ObjectNode query = (ObjectNode) reference.path("subquery").path("node");
          yield new Relation(
              reference,
              alias,
              alias,
              new Source.Query(query),
              Optional.empty(),
              columns(query, scope),
              renamed(reference),
              where,
              on);
        }
        default -> relation(reference, alias, alias, new Source.Other(), where, on);
      };
    }

    /// Puts a query in the place of a function of a document.
    private void takeApart(ObjectNode reference, String name, Scope scope) {
      int columns =
          DocumentFunctions.query(reference.path("function"))
              .flatMap(query -> columns(query, scope))
              .map(List::size)
              .orElse(1);
      if (columns != 1) {
        throw new BadRequestException(name + " subquery must return one column, not " + columns);
      }
      ObjectNode query = DocumentFunctions.expand(planner, reference);
      reference.removeAll();
      reference.setAll(query);
    }

    private static Relation relation(
        ObjectNode reference,
        String alias,
        String shown,
        Source source,
        boolean where,
        List<List<JsonNode>> on) {
      Optional<Schema> schema =
          switch (source) {
            case Source.Table table -> Optional.of(table.provider().schema());
            case Source.Call call -> Optional.of(call.function().schema());
            default -> Optional.empty();
          };
      Optional<List<String>> columns =
          source instanceof Source.Reader reader
              ? reader.cte().columns()
              : schema.map(Reader::names);
      return new Relation(
          reference, alias, shown, source, schema, columns, renamed(reference), where, on);
    }

    private static List<String> names(Schema schema) {
      return schema.getFields().stream()
          .map(Field::getName)
          .map(name -> name.toLowerCase(Locale.ROOT))
          .toList();
    }

    private static List<String> renamed(JsonNode reference) {
      List<String> names = new ArrayList<>();
      reference
          .path("column_name_alias")
          .forEach(name -> names.add(name.asText().toLowerCase(Locale.ROOT)));
      return names;
    }

    private Source named(JsonNode reference, String name, Scope scope) {
      if (isQualified(reference) || scans.isScan(name)) {
        return new Source.Other();
      }
      Optional<Cte> cte = scope.find(name);
      return cte.isPresent() ? new Source.Reader(cte.get()) : new Source.Table(table(name));
    }

    static boolean isQualified(JsonNode reference) {
      return !Tree.text(reference, "schema_name").isEmpty()
          || !Tree.text(reference, "catalog_name").isEmpty();
    }

    private TableProvider table(String name) {
      return catalog
          .table(name)
          .orElseThrow(
              () -> new BadRequestException("table 'datafusion.public." + name + "' not found"));
    }

    private Source function(String name, JsonNode call) {
      if (name.equals(VIEW_INSTANCE)) {
        return new Source.Table(viewInstance(call));
      }
      Optional<TableFunction> ours = calls.tableFunction(name);
      return ours.isPresent() ? new Source.Call(ours.get()) : new Source.Other();
    }

    private TableProvider viewInstance(JsonNode function) {
      List<ObjectNode> arguments = Tree.arguments(function);
      return catalog.instance(argument(arguments, 0, "First"), argument(arguments, 1, "Second"));
    }

    private String argument(List<ObjectNode> arguments, int index, String ordinal) {
      Optional<String> value =
          arguments.size() == 2 ? constants.string(arguments.get(index)) : Optional.empty();
      return value.orElseThrow(
          () -> new BadRequestException(ordinal + " argument to view_instance must be a string"));
    }

    private static boolean isSampled(JsonNode node) {
      return Tree.present(node.path("sample"));
    }

    /// Names of the columns of a query, where all of them are known.
    Optional<List<String>> columns(ObjectNode query, Scope outer) {
      Scope scope = declare(query, outer);
      return switch (Tree.text(query, "type")) {
        case "SELECT_NODE" -> {
          FromClause from = read(query, scope);
          SelectList list = new SelectList(query.path("select_list"), from);
          yield list.names();
        }
        case "SET_OPERATION_NODE" -> {
          JsonNode children = query.path("children");
          boolean byPosition = !Tree.text(query, "setop_type").contains("BY_NAME");
          yield byPosition && children.path(0).isObject()
              ? columns((ObjectNode) children.get(0), scope)
              : Optional.empty();
        }
        default -> Optional.empty();
      };
    }

    /// What is wanted of the parts of a set operation, by position.
    Demand ofParts(ObjectNode operation, Scope scope, Demand demand) {
      if (demand.nothing()) {
        return demand;
      }
      JsonNode first = operation.path("children").path(0);
      boolean passes =
          Tree.text(operation, "type").equals("SET_OPERATION_NODE")
              && !Tree.text(operation, "setop_type").contains("BY_NAME")
              && first.isObject()
              && Demands.mayPass(operation);
      if (!passes) {
        return Demand.EVERYTHING;
      }
      Optional<List<String>> names = columns((ObjectNode) first, scope);
      Map<String, Bound> positions = new HashMap<>();
      demand
          .bounds()
          .forEach((key, bound) -> {
            int index = names.map(list -> list.indexOf(key)).orElse(-1);
            if (index >= 0) {
              positions.put(Demand.position(index), bound);
            } else if (Demand.isPosition(key)) {
              positions.put(key, bound);
            }
          });
      return Demand.of(positions);
    }

    /// The names that are visible inside `query`, its own WITH included.
    Scope declare(ObjectNode query, Scope outer) {
      Scope scope = outer;
      for (JsonNode entry : query.path("cte_map").path("map")) {
        scope = scope.with(cte(entry, scope));
      }
      return scope;
    }

    private Cte cte(JsonNode entry, Scope scope) {
      String name = Tree.lower(entry, "key");
      JsonNode value = entry.get("value");
      JsonNode query = value.path("query_node");
      if (!query.isObject()) {
        query = value.path("query").path("node");
      }
      if (!query.isObject()) {
        throw new BadRequestException("not allowed in WITH");
      }
      ObjectNode node = (ObjectNode) query;
      boolean recursive = Tree.text(node, "type").equals("RECURSIVE_CTE_NODE");
      Optional<List<String>> own = recursive ? Optional.empty() : columns(node, scope);
      List<String> aliases = new ArrayList<>();
      value.path("aliases").forEach(alias -> aliases.add(alias.asText().toLowerCase(Locale.ROOT)));
      if (own.isPresent()) {
        own.get().stream().skip(aliases.size()).forEach(aliases::add);
        own = Optional.of(List.copyOf(aliases));
      } else if (!aliases.isEmpty()) {
        own = Optional.of(List.copyOf(aliases));
      }
      return new Cte(name, node, scope, recursive, own);
    }
  }
}
