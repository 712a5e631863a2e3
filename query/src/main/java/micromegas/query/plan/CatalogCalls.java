package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import micromegas.common.BadRequestException;
import micromegas.common.TimeRange;
import micromegas.query.Arguments;
import micromegas.query.FunctionCall;
import micromegas.query.ScalarFunction;
import micromegas.query.TableFunction;
import org.jspecify.annotations.Nullable;

/// Puts what the engine can run in the place of calls of the catalog's functions.
final class CatalogCalls {
  private final PlanContext context;
  private final TimeRange range;
  private final Constants constants;

  /// Calls of the engine's callbacks that we have made: no other is let through.
  private final Set<ObjectNode> callbacks = Collections.newSetFromMap(new IdentityHashMap<>());

  /// @param range of the query, for its functions and for what they read
  CatalogCalls(PlanContext context, TimeRange range, Constants constants) {
    this.context = context;
    this.range = range;
    this.constants = constants;
  }

  Optional<TableFunction> tableFunction(String name) {
    return context.catalog().functions().stream()
        .filter(function -> function.name().equals(name))
        .findFirst();
  }

  /// Plans one call and returns the name of the table that stands for it.
  ///
  /// @param demand what is wanted of its rows
  String rows(TableFunction function, JsonNode call, Demand demand) {
    List<@Nullable Object> values = new ArrayList<>();
    for (ObjectNode argument : Tree.arguments(call)) {
      values.add(constant(argument, function.name()));
    }
    Arguments arguments = new Arguments(function.name(), values);
    function.check(arguments);
    FunctionCall functionCall =
        new FunctionCall(arguments, range, context.materialize(), context.queries());
    return switch (function) {
      case TableFunction.Computed computed -> context.scans().addFunction(computed, functionCall);
      case TableFunction.Expanded expanded ->
          context
              .scans()
              .add(
                  context
                      .planner()
                      .planPart(expanded.expand(functionCall), context, range, demand));
    };
  }

  private @Nullable Object constant(JsonNode argument, String function) {
    if (Tree.text(argument.path("literal"), "kind").equals("NULL")) {
      return null;
    }
    return constants
        .evaluate(argument)
        .orElseThrow(
            () -> new BadRequestException("the arguments of " + function + " must be constants"));
  }

  /// What stands in the place of a call of a scalar function of the catalog; the node itself for
  /// any other.
  ObjectNode scalar(ObjectNode node) {
    if (!Tree.isClass(node, "FUNCTION") || node.path("is_operator").asBoolean()) {
      return node;
    }
    String name = Tree.lower(node, "function_name");
    return context.catalog().scalarFunctions().stream()
        .filter(function -> function.name().equals(name))
        .findFirst()
        .map(function -> callback(function, node))
        .orElse(node);
  }

  /// Whether `node` was made by [#scalar], so that it needs no check.
  boolean isCallback(ObjectNode node) {
    return callbacks.contains(node);
  }

  private ObjectNode callback(ScalarFunction function, ObjectNode node) {
    List<ObjectNode> arguments = Tree.arguments(node);
    List<ScalarFunction.Type> parameters = function.parameters();
    AllowList.requireUnqualified(node, function.name());
    if (arguments.size() != parameters.size()) {
      throw new BadRequestException(
          function.name()
              + " takes "
              + parameters.size()
              + " arguments, but was given "
              + arguments.size());
    }
    if (Tree.present(node.path("filter")) || node.path("distinct").asBoolean()) {
      throw new BadRequestException(function.name() + " is not an aggregate function");
    }
    ObjectNode[] all = new ObjectNode[arguments.size() + 1];
    all[0] = Tree.string(context.scans().addScalar(function));
    for (int i = 0; i < arguments.size(); i++) {
      all[i + 1] = asText(arguments.get(i), parameters.get(i));
    }
    boolean binary = function.result() == ScalarFunction.Type.BINARY;
    ObjectNode call =
        Tree.function(binary ? PlannedQuery.CALL_BINARY : PlannedQuery.CALL_TEXT, all);
    callbacks.add(call);
    ObjectNode result =
        switch (function.result()) {
          case TEXT, BINARY -> call;
          case INT64 -> Tree.cast(call, "BIGINT");
          case FLOAT64 -> Tree.cast(call, "DOUBLE");
          case BOOLEAN -> Tree.cast(call, "BOOLEAN");
          case TIME -> Tree.cast(Tree.cast(call, "BIGINT"), "TIMESTAMPTZ_NS");
        };
    result.put("alias", Tree.text(node, "alias"));
    return result;
  }

  /// Arguments travel as text: times as nanoseconds since 1970, bytes in hexadecimal.
  private static ObjectNode asText(ObjectNode argument, ScalarFunction.Type type) {
    ObjectNode value = argument;
    value.put("alias", "");
    return switch (type) {
      case TEXT -> Tree.cast(value, "VARCHAR");
      case BINARY -> Tree.function("hex", value);
      case INT64 -> Tree.cast(Tree.cast(value, "BIGINT"), "VARCHAR");
      case FLOAT64 -> Tree.cast(Tree.cast(value, "DOUBLE"), "VARCHAR");
      case BOOLEAN -> Tree.cast(Tree.cast(value, "BOOLEAN"), "VARCHAR");
      case TIME -> Tree.cast(Tree.cast(Tree.cast(value, "TIMESTAMPTZ_NS"), "BIGINT"), "VARCHAR");
    };
  }
}
