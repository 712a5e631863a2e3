package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import micromegas.common.BadRequestException;

/// Functions in FROM that take one value apart, be it the result of a sub-query or an expression:
/// `jsonb_each`, `jsonb_array_elements`, `expand_histogram`. They stand for queries over the
/// argument.
final class DocumentFunctions {
  private static final String ARGUMENT = "argument";

  /// By name: the query over `document(doc)`, whose rows are those of the argument.
  private static final Map<String, String> QUERIES =
      Map.of(
          "jsonb_each",
          """
          SELECT key,
            CASE WHEN jsonb_array_length(doc) IS NULL THEN jsonb_get(doc, key)
                 ELSE jsonb_element(doc, CAST(key AS BIGINT)) END AS value
          FROM (
            SELECT doc, unnest(
              CASE WHEN jsonb_array_length(doc) IS NOT NULL
                   THEN list_transform(range(jsonb_array_length(doc)), lambda i: CAST(i AS VARCHAR))
                   WHEN jsonb_object_keys(doc) IS NOT NULL THEN jsonb_object_keys(doc)
                   ELSE error('jsonb_each: input is not a JSONB object or array') END) AS key
            FROM document WHERE doc IS NOT NULL) AS entries
          UNION ALL
          SELECT CAST(error('jsonb_each subquery returned no rows') AS VARCHAR), CAST(NULL AS BLOB)
          WHERE (SELECT count(*) FROM document) = 0
          """,
          "jsonb_array_elements",
          """
          SELECT jsonb_element(doc, i) AS value
          FROM (
            SELECT doc, unnest(range(
              CASE WHEN jsonb_array_length(doc) IS NULL
                   THEN CAST(error('jsonb_array_elements: input is not a JSONB array') AS BIGINT)
                   ELSE jsonb_array_length(doc) END)) AS i
            FROM document WHERE doc IS NOT NULL) AS entries
          """,
          "expand_histogram",
          """
          SELECT low + (i + 0.5) * width AS bin_center, bins[i + 1] AS count
          FROM (
            SELECT struct_extract(doc, 'start') AS low, struct_extract(doc, 'bins') AS bins,
              CASE WHEN abs(struct_extract(doc, 'end') - struct_extract(doc, 'start')) < 2.2e-16
                   THEN 1.0
                   ELSE (struct_extract(doc, 'end') - struct_extract(doc, 'start'))
                        / array_length(struct_extract(doc, 'bins')) END AS width,
              unnest(range(array_length(struct_extract(doc, 'bins')))) AS i
            FROM (SELECT doc FROM document LIMIT 1) AS one WHERE doc IS NOT NULL) AS entries
          UNION ALL
          SELECT CAST(error('expand_histogram subquery returned no rows') AS DOUBLE),
            CAST(NULL AS UBIGINT)
          WHERE (SELECT count(*) FROM document) = 0
          """);

  private DocumentFunctions() {}

  static boolean isOne(String name) {
    return QUERIES.containsKey(name);
  }

  /// The query that is the argument of a call; empty for an expression.
  static Optional<ObjectNode> query(JsonNode call) {
    JsonNode argument = argument(call);
    return Tree.isClass(argument, "SUBQUERY")
            && Tree.text(argument, "subquery_type").equals("SCALAR")
        ? Optional.of((ObjectNode) argument.path("subquery").path("node"))
        : Optional.empty();
  }

  private static ObjectNode argument(JsonNode call) {
    List<ObjectNode> arguments = Tree.arguments(call);
    if (arguments.size() != 1) {
      throw new BadRequestException(
          Tree.lower(call, "function_name") + " takes one argument: a document or a sub-query");
    }
    return arguments.getFirst();
  }

  /// The sub-query that stands in FROM in the place of a call.
  static ObjectNode expand(Planner planner, JsonNode reference) {
    JsonNode call = reference.path("function");
    String name = Tree.lower(call, "function_name");
    AllowList.requireUnqualified(call, name);
    ObjectNode document =
        planner.parse(
            "SELECT * FROM (WITH document AS MATERIALIZED (SELECT * FROM (SELECT 1) AS "
                + ARGUMENT
                + "(doc)) "
                + QUERIES.get(name)
                + ") AS "
                + name);
    ObjectNode from =
        (ObjectNode) document.path("statements").get(0).path("node").path("from_table");
    ObjectNode inner = Optional.ofNullable(find(from)).orElseThrow();
    Optional<ObjectNode> query = query(call);
    if (query.isPresent()) {
      ((ObjectNode) inner.path("subquery")).set("node", query.get());
    } else {
      ObjectNode expression = argument(call);
      expression.put("alias", "");
      ((com.fasterxml.jackson.databind.node.ArrayNode)
              inner.path("subquery").path("node").path("select_list"))
          .set(0, expression);
    }
    if (!Tree.text(reference, "alias").isEmpty()) {
      from.put("alias", Tree.text(reference, "alias"));
    }
    if (reference.path("column_name_alias").isArray()) {
      from.set("column_name_alias", reference.path("column_name_alias"));
    }
    return from;
  }

  private static @org.jspecify.annotations.Nullable ObjectNode find(JsonNode node) {
    if (node instanceof ObjectNode object
        && Tree.text(node, "type").equals("SUBQUERY")
        && Tree.text(node, "alias").equals(ARGUMENT)) {
      return object;
    }
    for (JsonNode child : node) {
      ObjectNode found = find(child);
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
