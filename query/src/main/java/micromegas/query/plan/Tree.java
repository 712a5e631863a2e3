package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Reading and building nodes of the parser's tree.
final class Tree {
  private Tree() {}

  static String text(JsonNode node, String field) {
    return node.path(field).asText("");
  }

  static String lower(JsonNode node, String field) {
    return text(node, field).toLowerCase(Locale.ROOT);
  }

  static boolean isClass(JsonNode node, String name) {
    return text(node, "class").equals(name);
  }

  /// Whether `node` is an object that stands for something, not JSON null.
  static boolean present(JsonNode node) {
    return node.isObject();
  }

  /// Argument expressions of a function.
  static List<ObjectNode> arguments(JsonNode function) {
    List<ObjectNode> expressions = new ArrayList<>();
    for (JsonNode argument : function.path("arguments")) {
      expressions.add((ObjectNode) argument.get("expression"));
    }
    return expressions;
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /// A reference to a column, qualified unless `qualifier` is empty.
  static ObjectNode column(String qualifier, String name) {
    ObjectNode node = object().put("class", "COLUMN_REF").put("type", "COLUMN_REF");
    ArrayNode names = node.put("alias", "").putArray("column_names");
    if (!qualifier.isEmpty()) {
      names.add(qualifier);
    }
    names.add(name);
    return node;
  }

  static ObjectNode string(String value) {
    return constant("STRING", value);
  }

  static ObjectNode constant(String kind, String value) {
    ObjectNode node = object().put("class", "CONSTANT").put("type", "VALUE_CONSTANT");
    node.put("alias", "").putObject("literal").put("kind", kind).put("text", value);
    return node;
  }

  static ObjectNode cast(ObjectNode child, String type) {
    ObjectNode node = object().put("class", "CAST").put("type", "OPERATOR_CAST");
    node.put("alias", text(child, "alias"));
    child.put("alias", "");
    node.set("child", child);
    node.put("try_cast", false);
    ObjectNode typeNode = node.putObject("type_expr");
    typeNode.put("class", "TYPE").put("type", "TYPE").put("alias", "");
    typeNode.put("catalog", "").put("schema", "").putArray("children");
    setType(typeNode, type);
    return node;
  }

  static void setType(ObjectNode typeNode, String type) {
    typeNode.put("type_name", type);
    typeNode.putObject("qualified_name").putArray("path").add(type);
  }

  static ObjectNode function(String name, ObjectNode... arguments) {
    ObjectNode node = object().put("class", "FUNCTION").put("type", "FUNCTION").put("alias", "");
    node.put("schema", "").putNull("filter");
    node.putObject("order_bys").put("type", "ORDER_MODIFIER").putArray("orders");
    node.put("distinct", false).put("is_operator", false).put("export_state", false);
    node.put("catalog", "");
    ArrayNode list = node.putArray("arguments");
    for (ObjectNode argument : arguments) {
      list.addObject().put("name", "").set("expression", argument);
    }
    rename(node, name);
    return node;
  }

  static void rename(ObjectNode function, String name) {
    function.put("function_name", name);
    function.putObject("qualified_name").putArray("path").add(name);
  }

  /// A reference to the table `name`, shown to the query as `alias`, in the place of `replaced`.
  static ObjectNode table(String name, String alias, JsonNode replaced) {
    ObjectNode node = object().put("type", "BASE_TABLE").put("alias", alias);
    node.set("sample", replaced.path("sample"));
    node.put("schema_name", "").put("table_name", name).put("catalog_name", "");
    JsonNode columns = replaced.path("column_name_alias");
    node.set(
        "column_name_alias", columns.isArray() ? columns : JsonNodeFactory.instance.arrayNode());
    node.putNull("at_clause");
    node.putObject("qualified_name").putArray("path").add(name);
    return node;
  }

  /// `value` as an SQL string literal.
  static String quote(String value) {
    return "'" + value.replace("'", "''") + "'";
  }

  /// `name` as an SQL identifier.
  static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
