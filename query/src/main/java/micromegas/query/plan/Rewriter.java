package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import micromegas.common.BadRequestException;
import micromegas.common.TimeRange;
import micromegas.query.TableCatalog;
import micromegas.query.plan.Relation.Source;

/// Walks the tree of one statement: checks every node against the [AllowList], puts scans in the
/// place of tables and gives expressions the reference's meaning. Used once.
final class Rewriter {
  private static final String INFORMATION_SCHEMA = "information_schema";

  private final AllowList allowList;
  private final TableCatalog catalog;
  private final boolean materialize;
  private final TimeRange range;
  private final Scans scans;
  private final Constants constants;
  private final FunctionRewrites functions;
  private final ResultColumns resultColumns;
  private final ScanSql scanSql;
  private final CatalogCalls calls;
  private final FromClause.Reader from;

  /// What is wanted of the queries in FROM that were not visited yet.
  private final Map<JsonNode, Demand> demands = new IdentityHashMap<>();

  /// What the SELECT reads that is being visited.
  private List<Relation> inScope = List.of();

  /// @param range applies to every scan
  Rewriter(PlanContext context, TimeRange range, ResultColumns resultColumns) {
    this.allowList = context.planner().allowList();
    this.catalog = context.catalog();
    this.range = range;
    this.materialize = context.materialize();
    this.scans = context.scans();
    this.constants = new Constants(context.now());
    this.functions = new FunctionRewrites(context.now());
    this.resultColumns = resultColumns;
    this.scanSql = new ScanSql(context);
    this.calls = new CatalogCalls(context, range, constants);
    this.from = new FromClause.Reader(context, calls, constants);
  }

  /// @param demand what is wanted of the statement's result
  void rewrite(ObjectNode document, Demand demand) {
    ObjectNode statement = (ObjectNode) document.path("statements").get(0);
    if (!statement.path("named_param_map").isEmpty()) {
      throw new BadRequestException("placeholders cannot be bound: write the values");
    }
    query((ObjectNode) statement.get("node"), Scope.EMPTY, true, demand);
  }

  private void query(ObjectNode node, Scope outer, boolean outermost, Demand demand) {
    String type = Tree.text(node, "type");
    if (!AllowList.QUERY_NODES.contains(type)) {
      throw new BadRequestException("not allowed in a query: " + type);
    }
    Scope scope = from.declare(node, outer);
    String itself = Tree.lower(node, "cte_name");
    if (!itself.isEmpty() && scope.find(itself).isEmpty()) {
      scope = scope.with(new Cte(itself, node, scope, true, Optional.empty()));
    }
    if (type.equals("SELECT_NODE")) {
      select(node, scope, outermost, demand);
    } else {
      combination(node, scope, outermost, demand);
    }
    // Readers go first: an entry is read for what all of them want.
    List<Cte> entries = new ArrayList<>();
    for (JsonNode entry : node.path("cte_map").path("map")) {
      scope.find(Tree.text(entry, "key")).ifPresent(entries::add);
    }
    for (Cte entry : entries.reversed()) {
      query(entry.query(), entry.scope(), false, entry.demand());
    }
  }

  /// A set operation or a recursive query, named after its first part.
  private void combination(ObjectNode node, Scope scope, boolean outermost, Demand demand) {
    Demand ofParts = from.ofParts(node, scope, demand);
    boolean first = outermost;
    for (String field : fieldNames(node)) {
      JsonNode child = node.get(field);
      if (field.equals("cte_map")) {
        continue;
      }
      if (isQuery(child)) {
        query((ObjectNode) child, scope, first, ofParts);
        first = false;
      } else if (field.equals("children") && child.isArray()) {
        for (JsonNode part : child) {
          query((ObjectNode) part, scope, first, ofParts);
          first = false;
        }
      } else {
        replace(node, field, scope);
      }
    }
  }

  private void select(ObjectNode select, Scope scope, boolean outermost, Demand demand) {
    FromClause clause = from.read(select, scope);
    List<Relation> relations = clause.relations();
    prune(select, clause, demand);
    if (outermost) {
      resultColumns.describe(select, relations);
    } else {
      ResultColumns.nameColumns(select, relations);
    }
    ResultTypes.widenAll(select.path("select_list"));
    List<Relation> outer = inScope;
    inScope = relations;
    for (String field : fieldNames(select)) {
      if (!field.equals("cte_map")) {
        replace(select, field, scope);
      }
    }
    inScope = outer;
  }

  /// Tells everything that a SELECT reads which of its rows are wanted.
  private void prune(ObjectNode select, FromClause clause, Demand demand) {
    SelectList list = new SelectList(select.path("select_list"), clause);
    Conditions conditions = new Conditions(clause, list, constants);
    Map<Relation.Column, Bound> wanted = Demands.of(select, list, conditions, demand);
    List<JsonNode> where = Conditions.conjuncts(select.path("where_clause"));
    for (int i = 0; i < clause.relations().size(); i++) {
      Relation relation = clause.relations().get(i);
      Demand own = demand.nothing() ? demand : conditions.of(i, where, wanted);
      switch (relation.source()) {
        case Source.Table table -> {
          TimeRange bounded = table.provider().eventTime().isPresent() ? range : TimeRange.ALL;
          become(
              relation,
              scanSql.add(
                  table.provider(),
                  ScanRequests.of(table.provider(), bounded, own, materialize),
                  bounded));
        }
        case Source.Query query -> demands.put(query.node(), own);
        case Source.Reader reader -> reader.cte().read(own);
        case Source.Call call ->
            become(
                relation, calls.rows(call.function(), relation.reference().path("function"), own));
        case Source.Other ignored -> {
          // Nothing to prune.
        }
      }
    }
  }

  private static void become(Relation relation, String scan) {
    ObjectNode reference = relation.reference();
    become(reference, Tree.table(scan, relation.alias(), reference));
  }

  private static void become(ObjectNode node, ObjectNode other) {
    node.removeAll();
    node.setAll(other);
  }

  /// Visits the child `field` and stores what stands in its place.
  private void replace(ObjectNode parent, String field, Scope scope) {
    JsonNode child = parent.get(field);
    if (child instanceof ObjectNode object) {
      parent.set(field, visit(object, scope));
    } else if (child instanceof ArrayNode array) {
      visitAll(array, scope);
    }
  }

  private void visitAll(ArrayNode array, Scope scope) {
    for (int i = 0; i < array.size(); i++) {
      if (array.get(i) instanceof ObjectNode object) {
        array.set(i, visit(object, scope));
      } else if (array.get(i) instanceof ArrayNode nested) {
        visitAll(nested, scope);
      }
    }
  }

  private ObjectNode visit(ObjectNode node, Scope scope) {
    if (isQuery(node)) {
      query(node, scope, false, demands.getOrDefault(node, Demand.EVERYTHING));
      return node;
    }
    ObjectNode current = node;
    if (node.has("class")) {
      current = expression(node);
    } else if (isReference(node)) {
      reference(node, scope);
    }
    for (String field : fieldNames(current)) {
      replace(current, field, scope);
    }
    return current;
  }

  private ObjectNode expression(ObjectNode node) {
    if (calls.isCallback(node)) {
      return node;
    }
    ObjectNode current = calls.scalar(node);
    if (calls.isCallback(current)) {
      return current;
    }
    while (true) {
      ObjectNode next = functions.rewrite(current);
      if (next == current) {
        break;
      }
      current = next;
    }
    allowList.requireExpression(current);
    ResultTypes.widen(current);
    if (Tree.isClass(current, "CAST")) {
      ResultTypes.truncate(current, inScope);
    }
    return current;
  }

  private static boolean isQuery(JsonNode node) {
    return node.isObject() && AllowList.QUERY_NODES.contains(Tree.text(node, "type"));
  }

  private static boolean isReference(JsonNode node) {
    return node.has("sample") && node.has("type");
  }

  private void reference(ObjectNode node, Scope scope) {
    allowList.requireReference(node);
    switch (Tree.text(node, "type")) {
      case "BASE_TABLE" -> baseTable(node, scope);
      case "TABLE_FUNCTION" -> tableFunction(node);
      case "EXPRESSION_LIST" -> nameValues(node);
      default -> {
        // Its parts are visited.
      }
    }
  }

  private void baseTable(ObjectNode node, Scope scope) {
    String name = Tree.text(node, "table_name");
    boolean isCte = !FromClause.Reader.isQualified(node) && scope.find(name).isPresent();
    if (isCte || scans.isScan(name)) {
      return;
    }
    if (Tree.lower(node, "schema_name").equals(INFORMATION_SCHEMA)
        && Tree.text(node, "catalog_name").isEmpty()) {
      String sql =
          Listings.informationSchema(name, catalog)
              .orElseThrow(() ->
                  new BadRequestException(
                      "table 'datafusion.information_schema." + name + "' not found"));
      String alias = Tree.text(node, "alias");
      become(node, Tree.table(scans.add(sql), alias.isEmpty() ? name : alias, node));
      return;
    }
    // Every other table was replaced when its SELECT was entered.
    throw new BadRequestException("table '" + qualifiedName(node) + "' not found");
  }

  private static String qualifiedName(JsonNode node) {
    String catalog = Tree.text(node, "catalog_name");
    String schema = Tree.text(node, "schema_name");
    return (catalog.isEmpty() ? "datafusion" : catalog)
        + "."
        + (schema.isEmpty() ? "public" : schema)
        + "."
        + Tree.text(node, "table_name");
  }

  /// One of the engine's own: those of the catalog were replaced when their SELECT was entered.
  private void tableFunction(ObjectNode node) {
    ObjectNode call = (ObjectNode) node.get("function");
    String name = Tree.lower(call, "function_name");
    allowList.requireTableFunction(call, name);
    if (!name.equals("unnest") && node.path("column_name_alias").isEmpty()) {
      // The column of range() and generate_series() is called `value` in the reference.
      node.putArray("column_name_alias").add("value");
      if (Tree.text(node, "alias").isEmpty()) {
        node.put("alias", name);
      }
    }
  }

  private static void nameValues(ObjectNode node) {
    JsonNode rows = node.path("values");
    rows.forEach(ResultTypes::widenAll);
    if (rows.isEmpty() || !node.path("expected_names").isEmpty()) {
      return;
    }
    ArrayNode names = node.putArray("expected_names");
    for (int column = 1; column <= rows.get(0).size(); column++) {
      names.add("column" + column);
    }
  }

  private static List<String> fieldNames(ObjectNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
