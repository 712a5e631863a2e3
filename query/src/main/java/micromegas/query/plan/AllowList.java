package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import micromegas.common.BadRequestException;

/// What user SQL may consist of. Everything that is not listed is refused, so that a new version of
/// the engine brings no new door.
final class AllowList {
  private static final Set<String> EXPRESSIONS =
      Set.of(
          "CONSTANT",
          "COLUMN_REF",
          "FUNCTION",
          "OPERATOR",
          "COMPARISON",
          "CONJUNCTION",
          "CAST",
          "CASE",
          "BETWEEN",
          "SUBQUERY",
          "WINDOW",
          "STAR",
          "LAMBDA",
          "LAMBDA_REF",
          "COLLATE",
          "POSITIONAL_REFERENCE",
          "TYPE");
  static final Set<String> QUERY_NODES =
      Set.of("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE");
  private static final Set<String> REFERENCES =
      Set.of("BASE_TABLE", "TABLE_FUNCTION", "SUBQUERY", "JOIN", "EMPTY", "EXPRESSION_LIST");
  private static final Set<String> TABLE_FUNCTIONS = Set.of("unnest", "range", "generate_series");

  private final Set<String> functions;

  AllowList() {
    try (InputStream in = AllowList.class.getResourceAsStream("allowed-functions.txt")) {
      if (in == null) {
        throw new IllegalStateException("allowed-functions.txt is missing from the build");
      }
      this.functions =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void requireExpression(JsonNode node) {
    String type = Tree.text(node, "class");
    if (type.equals("PARAMETER")) {
      throw new BadRequestException("a placeholder was not provided a value for execution");
    }
    if (!EXPRESSIONS.contains(type)) {
      throw new BadRequestException("not allowed in a query: " + type);
    }
    if (type.equals("FUNCTION") || type.equals("WINDOW")) {
      requireFunction(node);
    }
  }

  private void requireFunction(JsonNode node) {
    String name = Tree.lower(node, "function_name");
    requireUnqualified(node, name);
    if (!functions.contains(name)) {
      throw new BadRequestException("Invalid function '" + name + "'");
    }
  }

  static void requireUnqualified(JsonNode node, String name) {
    if (!Tree.text(node, "schema").isEmpty()
        || !Tree.text(node, "catalog").isEmpty()
        || node.path("qualified_name").path("path").size() > 1) {
      throw new BadRequestException("qualified function names are not allowed: " + name);
    }
  }

  void requireReference(JsonNode node) {
    String type = Tree.text(node, "type");
    if (!REFERENCES.contains(type)) {
      throw new BadRequestException(
          "not allowed in FROM: " + type.toLowerCase(Locale.ROOT).replace('_', ' '));
    }
    if (Tree.present(node.path("at_clause"))) {
      throw new BadRequestException("not allowed in FROM: AT");
    }
  }

  /// @throws BadRequestException unless `name` is one of the engine's own table functions that
  ///   touch nothing
  void requireTableFunction(JsonNode function, String name) {
    requireUnqualified(function, name);
    if (!TABLE_FUNCTIONS.contains(name)) {
      throw new BadRequestException("table function '" + name + "' not found");
    }
  }
}
