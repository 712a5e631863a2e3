package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import micromegas.common.BadRequestException;
import micromegas.common.Nanos;

/// Gives expressions the meaning that they have in the reference implementation: names that the
/// engine lacks or uses for something else, types of literals and casts, and one `now()` per query.
final class FunctionRewrites {
  private static final String TIME = "timestamptz_ns";

  private static final Map<String, String> RENAMED =
      Map.ofEntries(
          Map.entry("make_array", "list_value"),
          Map.entry("struct", "row"),
          Map.entry("regexp_like", "regexp_matches"),
          Map.entry("approx_median", "median"),
          Map.entry("approx_distinct", "approx_count_distinct"),
          Map.entry("btrim", "trim"),
          Map.entry("signum", "sign"),
          Map.entry("to_char", "strftime"),
          Map.entry("date_format", "strftime"),
          Map.entry("get_field", "struct_extract"),
          Map.entry("var", "var_samp"),
          Map.entry("array_concat_agg", "flatten"),
          Map.entry("approx_percentile_cont", "quantile_cont"),
          Map.entry("array_element", "list_extract"),
          Map.entry("datetrunc", "date_trunc"),
          Map.entry("bool_and_agg", "bool_and"),
          Map.entry("arrow_typeof", "arrow_type_name"),
          Map.entry("ifnull", "nvl"),
          // As aggregates; as window functions they have another node class.
          Map.entry("first_value", "first"),
          Map.entry("last_value", "last"));

  private static final Map<String, String> ARROW_TYPES =
      Map.ofEntries(
          Map.entry("int8", "TINYINT"),
          Map.entry("int16", "SMALLINT"),
          Map.entry("int32", "INTEGER"),
          Map.entry("int64", "BIGINT"),
          Map.entry("uint8", "UTINYINT"),
          Map.entry("uint16", "USMALLINT"),
          Map.entry("uint32", "UINTEGER"),
          Map.entry("uint64", "UBIGINT"),
          Map.entry("float32", "FLOAT"),
          Map.entry("float64", "DOUBLE"),
          Map.entry("boolean", "BOOLEAN"),
          Map.entry("utf8", "VARCHAR"),
          Map.entry("largeutf8", "VARCHAR"),
          Map.entry("utf8view", "VARCHAR"),
          Map.entry("binary", "BLOB"),
          Map.entry("date32", "DATE"));

  private final Instant now;

  FunctionRewrites(Instant now) {
    this.now = now;
  }

  /// What stands in the place of `node`; the node itself when nothing changes. Its children are
  /// visited later.
  ObjectNode rewrite(ObjectNode node) {
    return switch (Tree.text(node, "class")) {
      case "FUNCTION" -> function(node);
      case "COLUMN_REF" -> isNow(node) ? nowLiteral(node) : node;
      case "CONSTANT" -> constant(node);
      case "CAST" -> cast(node);
      default -> node;
    };
  }

  private static boolean isNow(JsonNode node) {
    JsonNode names = node.path("column_names");
    return names.size() == 1 && names.get(0).asText().equalsIgnoreCase("current_timestamp");
  }

  private ObjectNode nowLiteral(JsonNode replaced) {
    ObjectNode text = Tree.string(now.toString());
    text.put("alias", Tree.text(replaced, "alias"));
    return Tree.cast(text, TIME);
  }

  /// Decimal literals are floating point in the reference.
  private static ObjectNode constant(ObjectNode node) {
    if (!Tree.text(node.path("literal"), "kind").equals("NUMERIC")) {
      return node;
    }
    // The kind is changed only in this copy, so that the literal is not rewritten again.
    ObjectNode literal = Tree.string(Tree.text(node.path("literal"), "text"));
    literal.put("alias", Tree.text(node, "alias"));
    return Tree.cast(literal, "double");
  }

  private static ObjectNode cast(ObjectNode node) {
    ObjectNode type = (ObjectNode) node.get("type_expr");
    switch (Tree.lower(type, "type_name")) {
      case "timestamp", "timestamptz", "timestamp with time zone", "datetime" -> {
        Tree.setType(type, TIME);
        clamp(node.path("child"));
      }
      default -> {
        // Same meaning in both.
      }
    }
    return node;
  }

  /// Keeps a literal like `9999-12-31` inside what 64 bits of nanoseconds can hold (years 1677 to
  /// 2262), so that comparing with it still works.
  private static void clamp(JsonNode constant) {
    literal(constant)
        .flatMap(Constants::parseTime)
        .map(Nanos::fromInstant)
        .filter(nanos -> nanos == Long.MAX_VALUE || nanos == Long.MIN_VALUE)
        .ifPresent(nanos ->
            ((ObjectNode) constant.path("literal"))
                .put("text", Nanos.format(nanos > 0 ? nanos - 1 : nanos + 2)));
  }

  private ObjectNode function(ObjectNode node) {
    String name = Tree.lower(node, "function_name");
    List<ObjectNode> arguments = Tree.arguments(node);
    return switch (name) {
      case "now", "get_current_timestamp" -> nowLiteral(node);
      case "properties_to_jsonb", "properties_to_dict", "properties_to_array" ->
          arguments.size() == 1 ? keepAlias(node, arguments.getFirst()) : node;
      case "nvl", "ifnull" -> coalesce(node, arguments);
      case "arrow_cast" -> arrowCast(node, arguments);
      case "encode" -> arguments.size() == 2 ? encode(node, arguments) : node;
      case "decode" -> arguments.size() == 2 ? decode(node, arguments) : node;
      // Of text, a cast; of a whole number, seconds.
      case "to_timestamp" ->
          arguments.size() == 1 && literal(arguments.getFirst()).isPresent()
              ? keepAlias(node, Tree.cast(arguments.getFirst(), TIME))
              : node;
      case "date_bin" -> dateBin(node, arguments);
      case "make_histogram" -> histogram(node, arguments);
      case "date_part", "datepart" -> datePart(node, arguments);
      default -> {
        String renamed = RENAMED.getOrDefault(name, ResultTypes.narrow(name));
        if (!renamed.equals(name)) {
          Tree.rename(node, renamed);
        } else if (!name.equals(Tree.text(node, "function_name"))) {
          Tree.rename(node, name);
        }
        yield node;
      }
    };
  }

  private static ObjectNode keepAlias(ObjectNode replaced, ObjectNode by) {
    by.put("alias", Tree.text(replaced, "alias"));
    return by;
  }

  private static ObjectNode coalesce(ObjectNode node, List<ObjectNode> arguments) {
    ObjectNode operator = Tree.object().put("class", "OPERATOR").put("type", "OPERATOR_COALESCE");
    operator.put("alias", Tree.text(node, "alias"));
    operator.putArray("children").addAll(arguments);
    return operator;
  }

  private static ObjectNode arrowCast(ObjectNode node, List<ObjectNode> arguments) {
    Optional<String> type = arguments.size() == 2 ? literal(arguments.get(1)) : Optional.empty();
    if (type.isEmpty()) {
      throw new BadRequestException("arrow_cast requires its second argument to be a string");
    }
    String sqlType = sqlType(type.get());
    if (sqlType.isEmpty()) {
      return keepAlias(node, arguments.getFirst());
    }
    ObjectNode cast = Tree.cast(arguments.getFirst(), sqlType);
    cast.put("alias", Tree.text(node, "alias"));
    return cast;
  }

  /// Empty for lists, whose elements already have the type that is asked for.
  private static String sqlType(String arrowType) {
    String compact = arrowType.replace(" ", "").toLowerCase(Locale.ROOT);
    if (compact.startsWith("list(") && compact.endsWith(")")) {
      return "";
    }
    if (compact.startsWith("dictionary(") && compact.endsWith(")")) {
      return sqlType(compact.substring(compact.indexOf(',') + 1, compact.length() - 1));
    }
    if (compact.startsWith("timestamp(")) {
      return "TIMESTAMPTZ_NS";
    }
    String type = ARROW_TYPES.get(compact);
    if (type == null) {
      throw new BadRequestException("Unsupported type '" + arrowType + "' in arrow_cast");
    }
    return type;
  }

  private static ObjectNode encode(ObjectNode node, List<ObjectNode> arguments) {
    ObjectNode value = arguments.getFirst();
    ObjectNode result =
        switch (literal(arguments.get(1)).orElse("")) {
          case "hex" -> Tree.function("lower", Tree.function("hex", value));
          case "base64" -> Tree.function("rtrim", Tree.function("base64", value), Tree.string("="));
          default -> throw unknownEncoding();
        };
    return keepAlias(node, result);
  }

  private static ObjectNode decode(ObjectNode node, List<ObjectNode> arguments) {
    ObjectNode value = arguments.getFirst();
    ObjectNode result =
        switch (literal(arguments.get(1)).orElse("")) {
          case "hex" -> Tree.function("unhex", value);
          case "base64" -> Tree.function("from_base64_unpadded", value);
          default -> throw unknownEncoding();
        };
    return keepAlias(node, result);
  }

  private static BadRequestException unknownEncoding() {
    return new BadRequestException("the encodings of encode and decode are 'hex' and 'base64'");
  }

  /// The stride may be text: `date_bin('5 minutes', time)`.
  private static ObjectNode dateBin(ObjectNode node, List<ObjectNode> arguments) {
    if (!arguments.isEmpty() && literal(arguments.getFirst()).isPresent()) {
      ObjectNode stride = Tree.cast(arguments.getFirst(), "INTERVAL");
      ((ObjectNode) node.get("arguments").get(0)).set("expression", stride);
    }
    Tree.rename(node, "date_bin");
    return node;
  }

  /// A histogram of no rows has the bounds that are written in the query; bounds that come from
  /// rows are unknown then, and the result is NULL.
  private static ObjectNode histogram(ObjectNode node, List<ObjectNode> arguments) {
    boolean written =
        arguments.size() == 4
            && arguments.subList(0, 3).stream()
                .allMatch(bound -> bound.path("literal").path("kind").isTextual());
    if (!written) {
      return node;
    }
    ObjectNode empty =
        Tree.function(
            "empty_histogram",
            arguments.get(0).deepCopy(),
            arguments.get(1).deepCopy(),
            arguments.get(2).deepCopy());
    ObjectNode operator = Tree.object().put("class", "OPERATOR").put("type", "OPERATOR_COALESCE");
    operator.put("alias", Tree.text(node, "alias"));
    node.put("alias", "");
    Tree.rename(node, "histogram_of_rows");
    operator.putArray("children").add(node).add(empty);
    return operator;
  }

  /// `epoch` has a fraction and `nanosecond` needs 64 bits; all others are 32 bits wide.
  private static ObjectNode datePart(ObjectNode node, List<ObjectNode> arguments) {
    if (arguments.size() == 2) {
      String field = literal(arguments.getFirst()).orElse("").toLowerCase(Locale.ROOT);
      if (field.equals("epoch") || field.equals("nanosecond")) {
        return keepAlias(node, Tree.function(field, arguments.get(1)));
      }
    }
    Tree.rename(node, ResultTypes.narrow("date_part"));
    return node;
  }

  private static Optional<String> literal(JsonNode node) {
    JsonNode literal = node.path("literal");
    return Tree.text(literal, "kind").equals("STRING")
        ? Optional.of(Tree.text(literal, "text"))
        : Optional.empty();
  }
}
