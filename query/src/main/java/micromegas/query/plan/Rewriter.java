package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import micromegas.common.BadRequestException;
import micromegas.common.TimeRange;
import micromegas.query.ScanRequest;
import micromegas.query.TableCatalog;
import micromegas.query.TableFunction;
import micromegas.query.TableProvider;

/// Walks the tree of one statement: checks every node against the [AllowList], puts scans in the
/// place of tables and gives expressions the reference's meaning. Used once.
final class Rewriter {
  private static final String VIEW_INSTANCE = "view_instance";
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
  }

  void rewrite(ObjectNode document) {
    ObjectNode statement = (ObjectNode) document.path("statements").get(0);
    if (!statement.path("named_param_map").isEmpty()) {
      throw new BadRequestException("placeholders cannot be bound: write the values");
    }
    query((ObjectNode) statement.get("node"), Set.of(), true);
  }

  private void query(ObjectNode node, Set<String> outerCtes, boolean outermost) {
    String type = Tree.text(node, "type");
    if (!AllowList.QUERY_NODES.contains(type)) {
      throw new BadRequestException("not allowed in a query: " + type);
    }
    Set<String> ctes = ctes(node, outerCtes);
    if (type.equals("SELECT_NODE")) {
      select(node, ctes, outermost);
      return;
    }
    // A set operation is named after its first part.
    boolean first = outermost;
    for (String field : fieldNames(node)) {
      JsonNode child = node.get(field);
      if (field.equals("cte_map")) {
        continue;
      }
      if (isQuery(child)) {
        query((ObjectNode) child, ctes, first);
        first = false;
      } else if (field.equals("children") && child.isArray()) {
        for (JsonNode part : child) {
          query((ObjectNode) part, ctes, first);
          first = false;
        }
      } else {
        replace(node, field, ctes);
      }
    }
  }

  private Set<String> ctes(ObjectNode node, Set<String> outer) {
    JsonNode map = node.path("cte_map").path("map");
    String recursive = Tree.lower(node, "cte_name");
    if (map.isEmpty() && recursive.isEmpty()) {
      return outer;
    }
    Set<String> visible = new HashSet<>(outer);
    if (!recursive.isEmpty()) {
      visible.add(recursive);
    }
    for (JsonNode entry : map) {
      String name = Tree.lower(entry, "key");
      ObjectNode value = (ObjectNode) entry.get("value");
      ObjectNode query = queryOf(value);
      // A recursive CTE sees itself; any other sees what this name meant before.
      if (Tree.text(query, "type").equals("RECURSIVE_CTE_NODE")) {
        visible.add(name);
      }
      query(query, Set.copyOf(visible), false);
      visible.add(name);
    }
    return visible;
  }

  private static ObjectNode queryOf(ObjectNode cte) {
    JsonNode query = cte.path("query_node");
    if (!query.isObject()) {
      query = cte.path("query").path("node");
    }
    if (!query.isObject()) {
      throw new BadRequestException("not allowed in WITH");
    }
    return (ObjectNode) query;
  }

  private void select(ObjectNode select, Set<String> ctes, boolean outermost) {
    List<Relation> relations = new ArrayList<>();
    List<JsonNode> on = new ArrayList<>();
    relations(select.path("from_table"), ctes, !isSampled(select), false, relations, on);
    if (outermost) {
      resultColumns.describe(select, relations);
    } else {
      ResultColumns.nameColumns(select, relations);
    }
    ResultTypes.widenAll(select.path("select_list"));
    List<JsonNode> where = ScanFilters.conjuncts(select.path("where_clause"));
    ScanFilters filters = new ScanFilters(relations, constants);
    for (Relation relation : relations) {
      if (relation.table().isPresent()) {
        Optional<ScanRequest> request =
            filters.request(relation, rangeOf(relation), where, on, materialize);
        scan(relation, request);
      }
    }
    List<Relation> outer = inScope;
    inScope = relations;
    for (String field : fieldNames(select)) {
      if (!field.equals("cte_map")) {
        replace(select, field, ctes);
      }
    }
    inScope = outer;
  }

  private TimeRange rangeOf(Relation relation) {
    return relation.table().flatMap(TableProvider::eventTime).isPresent() ? range : TimeRange.ALL;
  }

  private static boolean isSampled(JsonNode node) {
    return Tree.present(node.path("sample"));
  }

  /// Lists what a FROM clause reads, and the conditions of its inner joins.
  private void relations(
      JsonNode reference,
      Set<String> ctes,
      boolean whereApplies,
      boolean onApplies,
      List<Relation> relations,
      List<JsonNode> on) {
    if (!reference.isObject()) {
      return;
    }
    allowList.requireReference(reference);
    boolean where = whereApplies && !isSampled(reference);
    if (Tree.text(reference, "type").equals("JOIN")) {
      String kind = Tree.text(reference, "join_type");
      String form = Tree.text(reference, "ref_type");
      boolean plain = Set.of("REGULAR", "CROSS", "NATURAL").contains(form);
      boolean inner = plain && kind.equals("INNER");
      boolean outer = plain && Set.of("LEFT", "RIGHT", "OUTER", "FULL").contains(kind);
      boolean leftOnly = plain && Set.of("SEMI", "ANTI").contains(kind);
      boolean bothWhere = where && (inner || outer);
      if (inner) {
        on.addAll(ScanFilters.conjuncts(reference.path("condition")));
      }
      relations(
          reference.path("left"),
          ctes,
          bothWhere || (where && leftOnly),
          where && inner,
          relations,
          on);
      relations(reference.path("right"), ctes, bothWhere, where && inner, relations, on);
      return;
    }
    relations.add(relation((ObjectNode) reference, ctes, where, onApplies && where));
  }

  private Relation relation(
      ObjectNode reference, Set<String> ctes, boolean whereApplies, boolean onApplies) {
    String alias = Tree.text(reference, "alias");
    return switch (Tree.text(reference, "type")) {
      case "BASE_TABLE" -> {
        String name = Tree.text(reference, "table_name");
        String shown = alias.isEmpty() ? name : alias;
        Optional<TableProvider> table =
            isCte(reference, name, ctes) || isQualified(reference) || scans.isScan(name)
                ? Optional.empty()
                : Optional.of(requireTable(name));
        yield new Relation(
            reference,
            shown,
            shown,
            table,
            table.map(TableProvider::schema),
            whereApplies,
            onApplies);
      }
      case "TABLE_FUNCTION" -> {
        JsonNode function = reference.path("function");
        String name = Tree.lower(function, "function_name");
        Optional<TableProvider> table =
            name.equals(VIEW_INSTANCE) ? Optional.of(viewInstance(function)) : Optional.empty();
        yield new Relation(
            reference,
            alias.isEmpty() ? name : alias,
            alias.isEmpty() ? name + "()" : alias,
            table,
            table
                .map(TableProvider::schema)
                .or(() -> calls.tableFunction(name).map(TableFunction::schema)),
            whereApplies,
            onApplies);
      }
      default ->
          new Relation(
              reference, alias, alias, Optional.empty(), Optional.empty(), whereApplies, onApplies);
    };
  }

  private static boolean isCte(JsonNode reference, String name, Set<String> ctes) {
    return !isQualified(reference) && ctes.contains(name.toLowerCase(Locale.ROOT));
  }

  private static boolean isQualified(JsonNode reference) {
    return !Tree.text(reference, "schema_name").isEmpty()
        || !Tree.text(reference, "catalog_name").isEmpty();
  }

  private TableProvider requireTable(String name) {
    return catalog
        .table(name)
        .orElseThrow(
            () -> new BadRequestException("table 'datafusion.public." + name + "' not found"));
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

  private void scan(Relation relation, Optional<ScanRequest> request) {
    String name = scanSql.add(relation.table().orElseThrow(), request, rangeOf(relation));
    become(relation.reference(), Tree.table(name, relation.alias(), relation.reference()));
  }

  private static void become(ObjectNode node, ObjectNode other) {
    node.removeAll();
    node.setAll(other);
  }

  /// Visits the child `field` and stores what stands in its place.
  private void replace(ObjectNode parent, String field, Set<String> ctes) {
    JsonNode child = parent.get(field);
    if (child instanceof ObjectNode object) {
      parent.set(field, visit(object, ctes));
    } else if (child instanceof ArrayNode array) {
      visitAll(array, ctes);
    }
  }

  private void visitAll(ArrayNode array, Set<String> ctes) {
    for (int i = 0; i < array.size(); i++) {
      if (array.get(i) instanceof ObjectNode object) {
        array.set(i, visit(object, ctes));
      } else if (array.get(i) instanceof ArrayNode nested) {
        visitAll(nested, ctes);
      }
    }
  }

  private ObjectNode visit(ObjectNode node, Set<String> ctes) {
    if (isQuery(node)) {
      query(node, ctes, false);
      return node;
    }
    ObjectNode current = node;
    if (node.has("class")) {
      current = expression(node);
    } else if (isReference(node)) {
      reference(node, ctes);
    }
    for (String field : fieldNames(current)) {
      replace(current, field, ctes);
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

  private void reference(ObjectNode node, Set<String> ctes) {
    allowList.requireReference(node);
    switch (Tree.text(node, "type")) {
      case "BASE_TABLE" -> baseTable(node, ctes);
      case "TABLE_FUNCTION" -> tableFunction(node);
      case "EXPRESSION_LIST" -> nameValues(node);
      default -> {
        // Its parts are visited.
      }
    }
  }

  private void baseTable(ObjectNode node, Set<String> ctes) {
    String name = Tree.text(node, "table_name");
    if (scans.isScan(name) || isCte(node, name, ctes)) {
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

  private void tableFunction(ObjectNode node) {
    ObjectNode call = (ObjectNode) node.get("function");
    String name = Tree.lower(call, "function_name");
    Optional<TableFunction> ours = calls.tableFunction(name);
    if (ours.isEmpty()) {
      allowList.requireTableFunction(call, name);
      if (!name.equals("unnest") && node.path("column_name_alias").isEmpty()) {
        // The column of range() and generate_series() is called `value` in the reference.
        node.putArray("column_name_alias").add("value");
        if (Tree.text(node, "alias").isEmpty()) {
          node.put("alias", name);
        }
      }
      return;
    }
    String alias = Tree.text(node, "alias");
    String scan = calls.rows(ours.get(), call);
    become(node, Tree.table(scan, alias.isEmpty() ? name : alias, node));
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
