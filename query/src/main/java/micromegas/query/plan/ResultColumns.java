package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/// Names of result columns as the reference implementation makes them, and which of them it would
/// encode as dictionaries. Applies to the outermost select list only.
final class ResultColumns {
  private static final Set<String> DICTIONARY_FUNCTIONS =
      Set.of(
          "property_get",
          "jsonb_format_json",
          "jsonb_as_string",
          "jsonb_parse",
          "jsonb_get",
          "jsonb_object_keys",
          "properties_to_jsonb",
          "properties_to_dict");
  private static final Set<String> KEEP_ENCODING =
      Set.of("first_value", "last_value", "coalesce", "nvl", "lag", "lead");

  private static final Set<String> UNSIGNED_RESULTS =
      Set.of(
          "row_number",
          "rank",
          "dense_rank",
          "ntile",
          "array_length",
          "array_position",
          "cardinality",
          "approx_distinct");

  private final Set<Integer> dictionaries = new HashSet<>();
  private final Map<Integer, Field> tableFields = new HashMap<>();

  Set<Integer> dictionaries() {
    return Set.copyOf(dictionaries);
  }

  /// Fields of the lists and of the binary without dictionary among the columns that come from a
  /// table as they are.
  Map<Integer, Field> tableFields() {
    return Map.copyOf(tableFields);
  }

  /// Names the unnamed columns of a query inside another one.
  static void nameColumns(JsonNode select, List<Relation> relations) {
    for (JsonNode item : select.path("select_list")) {
      nameColumn(item, relations);
    }
  }

  private static void nameColumn(JsonNode item, List<Relation> relations) {
    if (!Tree.isClass(item, "STAR")
        && !Tree.isClass(item, "COLUMN_REF")
        && Tree.text(item, "alias").isEmpty()) {
      name(item, relations).ifPresent(name -> ((ObjectNode) item).put("alias", name));
    }
  }

  /// Names the unnamed columns of `select`, makes those unsigned that are in the reference, and
  /// notes its dictionary columns and the fields that the engine changes.
  void describe(JsonNode select, List<Relation> relations) {
    int column = 0;
    boolean positionKnown = true;
    for (JsonNode item : select.path("select_list")) {
      if (Tree.isClass(item, "STAR")) {
        Optional<List<Field>> fields = expand(item, relations);
        if (fields.isEmpty()) {
          positionKnown = false;
        } else if (positionKnown) {
          for (Field field : fields.get()) {
            note(column, field);
            column++;
          }
        }
        continue;
      }
      if (positionKnown) {
        if (isDictionary(item, relations)) {
          dictionaries.add(column);
        }
        int position = column;
        field(item, relations).ifPresent(field -> note(position, field));
      }
      column++;
      nameColumn(item, relations);
    }
    makeUnsigned((ArrayNode) select.path("select_list"), relations);
  }

  private void note(int column, Field field) {
    if (field.getDictionary() != null) {
      dictionaries.add(column);
    }
    if (field.getType() instanceof ArrowType.List
        || field.getType() instanceof ArrowType.FixedSizeBinary
        || (field.getType() instanceof ArrowType.Binary && field.getDictionary() == null)) {
      tableFields.put(column, field);
    }
  }

  private static void makeUnsigned(ArrayNode items, List<Relation> relations) {
    for (int i = 0; i < items.size(); i++) {
      JsonNode item = items.get(i);
      if (!Tree.isClass(item, "FUNCTION") && !Tree.isClass(item, "WINDOW")) {
        continue;
      }
      String function = Tree.lower(item, "function_name");
      boolean unsignedSum =
          function.equals("sum")
              && Tree.arguments(item).stream()
                  .anyMatch(argument -> isInteger(argument, relations, false));
      if (unsignedSum || UNSIGNED_RESULTS.contains(function)) {
        items.set(i, Tree.cast((ObjectNode) item, "UBIGINT"));
      }
    }
  }

  /// Whether `node` is a column of a table and an integer.
  static boolean isIntegerColumn(JsonNode node, List<Relation> relations) {
    return isInteger(node, relations, true) || isInteger(node, relations, false);
  }

  private static boolean isInteger(JsonNode node, List<Relation> relations, boolean signed) {
    return field(node, relations)
        .map(Field::getType)
        .filter(type -> type instanceof ArrowType.Int integer && integer.getIsSigned() == signed)
        .isPresent();
  }

  private static Optional<List<Field>> expand(JsonNode star, List<Relation> relations) {
    boolean plain =
        star.path("exclude_list").isEmpty()
            && star.path("replace_list").isEmpty()
            && star.path("rename_list").isEmpty()
            && !star.path("columns").asBoolean();
    String qualifier = Tree.text(star, "relation_name");
    List<Relation> starred =
        relations.stream()
            .filter(relation -> qualifier.isEmpty() || relation.alias().equalsIgnoreCase(qualifier))
            .toList();
    if (!plain
        || starred.isEmpty()
        || starred.stream().anyMatch(relation -> relation.schema().isEmpty())) {
      return Optional.empty();
    }
    return Optional.of(
        starred.stream()
            .flatMap(relation -> relation.schema().orElseThrow().getFields().stream())
            .toList());
  }

  private static boolean isDictionary(JsonNode node, List<Relation> relations) {
    return switch (Tree.text(node, "class")) {
      case "COLUMN_REF" ->
          field(node, relations).filter(field -> field.getDictionary() != null).isPresent();
      case "FUNCTION", "WINDOW" -> {
        String function = Tree.lower(node, "function_name");
        List<ObjectNode> arguments = Tree.arguments(node);
        yield DICTIONARY_FUNCTIONS.contains(function)
            || (KEEP_ENCODING.contains(function)
                && !arguments.isEmpty()
                && isDictionary(arguments.getFirst(), relations));
      }
      default -> false;
    };
  }

  private static Optional<Field> field(JsonNode column, List<Relation> relations) {
    if (!Tree.isClass(column, "COLUMN_REF")) {
      return Optional.empty();
    }
    return owner(column, relations)
        .flatMap(Relation::schema)
        .flatMap(schema -> {
          JsonNode names = column.path("column_names");
          String name = names.get(names.size() - 1).asText();
          return schema.getFields().stream()
              .filter(field -> field.getName().equals(name))
              .findFirst();
        });
  }

  private static Optional<Relation> owner(JsonNode column, List<Relation> relations) {
    JsonNode names = column.path("column_names");
    if (names.size() == 2) {
      String qualifier = names.get(0).asText();
      return relations.stream()
          .filter(relation -> relation.alias().equalsIgnoreCase(qualifier))
          .findFirst();
    }
    if (names.size() != 1) {
      return Optional.empty();
    }
    if (relations.size() == 1) {
      return Optional.of(relations.getFirst());
    }
    String name = names.get(0).asText();
    List<Relation> owners =
        relations.stream().filter(relation -> relation.hasColumn(name)).toList();
    return owners.size() == 1 ? Optional.of(owners.getFirst()) : Optional.empty();
  }

  /// The reference's text of an expression; empty for forms whose text is not worth imitating.
  private static Optional<String> name(JsonNode node, List<Relation> relations) {
    return switch (Tree.text(node, "class")) {
      case "COLUMN_REF" -> Optional.of(columnName(node, relations));
      case "CONSTANT" -> constantName(node.path("literal"));
      case "CAST" -> name(node.path("child"), relations);
      case "FUNCTION" -> functionName(node, relations);
      case "COMPARISON" -> comparisonName(node, relations);
      default -> Optional.empty();
    };
  }

  private static String columnName(JsonNode column, List<Relation> relations) {
    JsonNode names = column.path("column_names");
    String name = names.get(names.size() - 1).asText();
    return owner(column, relations)
        .map(Relation::displayName)
        .filter(qualifier -> !qualifier.isEmpty())
        .map(qualifier -> qualifier + "." + name)
        .orElse(name);
  }

  private static Optional<String> constantName(JsonNode literal) {
    String text = Tree.text(literal, "text");
    return switch (Tree.text(literal, "kind")) {
      case "STRING" -> Optional.of("Utf8(\"" + text + "\")");
      case "INTEGER" -> Optional.of("Int64(" + text + ")");
      case "NUMERIC" -> Optional.of("Float64(" + text + ")");
      case "BOOLEAN" -> Optional.of("Boolean(" + text + ")");
      case "NULL" -> Optional.of("NULL");
      default -> Optional.empty();
    };
  }

  private static Optional<String> functionName(JsonNode node, List<Relation> relations) {
    String function = Tree.lower(node, "function_name");
    if (function.equals("count_star")) {
      return Tree.present(node.path("filter")) ? Optional.empty() : Optional.of("count(*)");
    }
    if (Tree.present(node.path("filter")) || !node.path("order_bys").path("orders").isEmpty()) {
      return Optional.empty();
    }
    List<Optional<String>> arguments =
        Tree.arguments(node).stream().map(argument -> name(argument, relations)).toList();
    if (arguments.stream().anyMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    List<String> texts = arguments.stream().map(Optional::orElseThrow).toList();
    if (node.path("is_operator").asBoolean()) {
      return switch (texts.size()) {
        case 2 -> Optional.of(texts.get(0) + " " + function + " " + texts.get(1));
        case 1 -> Optional.of("(" + function + " " + texts.getFirst() + ")");
        default -> Optional.empty();
      };
    }
    String distinct = node.path("distinct").asBoolean() ? "DISTINCT " : "";
    return Optional.of(
        texts.stream().collect(Collectors.joining(",", function + "(" + distinct, ")")));
  }

  private static Optional<String> comparisonName(JsonNode node, List<Relation> relations) {
    String operator =
        switch (Tree.text(node, "type")) {
          case "COMPARE_EQUAL" -> "=";
          case "COMPARE_NOTEQUAL" -> "!=";
          case "COMPARE_LESSTHAN" -> "<";
          case "COMPARE_LESSTHANOREQUALTO" -> "<=";
          case "COMPARE_GREATERTHAN" -> ">";
          case "COMPARE_GREATERTHANOREQUALTO" -> ">=";
          default -> "";
        };
    Optional<String> left = name(node.path("left"), relations);
    Optional<String> right = name(node.path("right"), relations);
    return operator.isEmpty() || left.isEmpty() || right.isEmpty()
        ? Optional.empty()
        : Optional.of(left.get() + " " + operator + " " + right.get());
  }
}
