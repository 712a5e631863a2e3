package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Gives numbers the types that they have in the reference implementation, where the engine's are
/// narrower or wider: integer literals are 64 bits wide wherever a value is made of them, lengths
/// and parts of a date are 32 bits wide, and a cast to an integer cuts the fraction off.
///
/// Literals in comparisons and columns themselves stay as they are, so that scans can still be
/// pruned by them.
final class ResultTypes {
  private static final Set<String> ARITHMETIC = Set.of("+", "-", "*", "/", "%", "&", "|");
  private static final Set<String> TYPED_BY_ARGUMENTS =
      Set.of(
          "min",
          "max",
          "first",
          "last",
          "array_agg",
          "list_value",
          "greatest",
          "least",
          "arrow_type_name");
  private static final Set<String> INTEGERS =
      Set.of(
          "tinyint",
          "smallint",
          "integer",
          "int",
          "int1",
          "int2",
          "int4",
          "int8",
          "bigint",
          "long",
          "short",
          "utinyint",
          "usmallint",
          "uinteger",
          "ubigint",
          "int16",
          "int32",
          "int64",
          "uint8",
          "uint16",
          "uint32",
          "uint64");
  private static final Set<String> WHOLE =
      Set.of("trunc", "floor", "ceil", "ceiling", "round", "greatest");

  /// Functions of 64-bit results in the engine; macros give them 32 bits.
  private static final Map<String, String> NARROW =
      Map.of(
          "length", "length_int32",
          "char_length", "length_int32",
          "character_length", "length_int32",
          "strpos", "strpos_int32",
          "date_part", "date_part_int32");

  private ResultTypes() {}

  /// Widens the literals that `node` computes its value from. The node stays the same object.
  static void widen(ObjectNode node) {
    switch (Tree.text(node, "class")) {
      case "FUNCTION" -> {
        String name = Tree.lower(node, "function_name");
        boolean arithmetic = node.path("is_operator").asBoolean() && ARITHMETIC.contains(name);
        if (arithmetic || TYPED_BY_ARGUMENTS.contains(name)) {
          for (JsonNode argument : node.path("arguments")) {
            widenField((ObjectNode) argument, "expression");
          }
        }
      }
      case "OPERATOR" -> {
        String type = Tree.text(node, "type");
        if (type.equals("OPERATOR_COALESCE") || type.equals("ARRAY_CONSTRUCTOR")) {
          widenAll(node.path("children"));
        }
      }
      case "CASE" -> {
        for (JsonNode check : node.path("case_checks")) {
          widenField((ObjectNode) check, "then_expr");
        }
        widenField(node, "else_expr");
      }
      default -> {
        // No other value has the type of a literal in it.
      }
    }
  }

  /// Widens the literals among expressions whose values are columns of a result.
  static void widenAll(JsonNode expressions) {
    if (!(expressions instanceof ArrayNode list)) {
      return;
    }
    for (int i = 0; i < list.size(); i++) {
      if (isInteger(list.get(i))) {
        list.set(i, Tree.cast((ObjectNode) list.get(i), "BIGINT"));
      }
    }
  }

  private static void widenField(ObjectNode parent, String field) {
    if (isInteger(parent.path(field))) {
      parent.set(field, Tree.cast((ObjectNode) parent.get(field), "BIGINT"));
    }
  }

  /// Whether `node` is a literal that fits 64 bits; beyond, the engine's choice is the best there
  /// is.
  private static boolean isInteger(JsonNode node) {
    JsonNode literal = node.path("literal");
    if (!Tree.isClass(node, "CONSTANT") || !Tree.text(literal, "kind").equals("INTEGER")) {
      return false;
    }
    try {
      long unused = Long.parseLong(Tree.text(literal, "text"));
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /// The name of a function with the result type of the reference; the same name for most.
  static String narrow(String function) {
    return NARROW.getOrDefault(function, function);
  }

  /// Hides from the engine where the operand of a cast to an integer comes from. Its casts round;
  /// ours cut off, but it would go on to derive the bounds of the result by rounding. Operands that
  /// cannot be floating point are left alone.
  static void truncate(ObjectNode cast, List<Relation> relations) {
    if (!INTEGERS.contains(Tree.lower(cast.path("type_expr"), "type_name"))) {
      return;
    }
    JsonNode child = cast.path("child");
    boolean leftAlone =
        switch (Tree.text(child, "class")) {
          case "CONSTANT", "COMPARISON", "CONJUNCTION" -> true;
          case "FUNCTION" -> WHOLE.contains(Tree.lower(child, "function_name"));
          case "COLUMN_REF" -> ResultColumns.isIntegerColumn(child, relations);
          default -> false;
        };
    if (!leftAlone) {
      cast.set("child", Tree.function("greatest", (ObjectNode) child));
    }
  }
}
