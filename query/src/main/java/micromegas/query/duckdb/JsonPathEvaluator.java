package micromegas.query.duckdb;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import micromegas.query.duckdb.JsonPath.Condition;
import micromegas.query.duckdb.JsonPath.Literal;
import micromegas.query.duckdb.JsonPath.Operand;
import micromegas.query.duckdb.JsonPath.Slice;
import micromegas.query.duckdb.JsonPath.Step;
import micromegas.query.duckdb.JsonPath.Steps;
import micromegas.query.duckdb.Jsonb.Value;

/// Finds what a [JsonPath] means in one document, in place.
final class JsonPathEvaluator {
  /// More matches than any use has; `.**` several times in a row would multiply.
  private static final int MAX_MATCHES = 1_000_000;

  private static final int MAX_DEPTH = 128;

  private final Value root;

  private JsonPathEvaluator(Value root) {
    this.root = root;
  }

  /// All matches in the order of the document.
  ///
  /// @throws IllegalArgumentException for a calculation with something else than two numbers
  /// @throws IndexOutOfBoundsException for bytes that are not a document
  static List<Value> evaluate(JsonPath path, Value root) {
    JsonPathEvaluator evaluator = new JsonPathEvaluator(root);
    return switch (path) {
      case Steps steps -> evaluator.follow(steps, root);
      case JsonPath.Test test ->
          List.of(
              Jsonb.root(
                  segment(
                      JsonbEncoder.ofScalar(evaluator.test(test.condition(), root).orElse(null)))));
      default -> List.of(Jsonb.root(segment(JsonbEncoder.ofScalar(evaluator.number(path)))));
    };
  }

  private static MemorySegment segment(byte[] bytes) {
    return MemorySegment.ofArray(bytes);
  }

  private Number number(JsonPath path) {
    if (path instanceof JsonPath.Value value && value.literal().value() instanceof Number number) {
      return number;
    }
    if (path instanceof JsonPath.Calculation calculation) {
      return calculate(
          calculation.operator(), number(calculation.left()), number(calculation.right()));
    }
    if (path instanceof Steps steps) {
      List<Value> found = follow(steps, root);
      if (found.size() == 1 && found.getFirst().type() == Jsonb.NUMBER) {
        return Jsonb.number(found.getFirst());
      }
    }
    throw new IllegalArgumentException("InvalidJsonPath: an operand is not a number");
  }

  private static Number calculate(char operator, Number left, Number right) {
    if (left instanceof Long a && right instanceof Long b && operator != '/' && b != 0) {
      try {
        return switch (operator) {
          case '+' -> Math.addExact(a, b);
          case '-' -> Math.subtractExact(a, b);
          case '*' -> Math.multiplyExact(a, b);
          default -> a % b;
        };
      } catch (ArithmeticException e) {
        // Goes on in floating point.
      }
    }
    double a = left.doubleValue();
    double b = right.doubleValue();
    return switch (operator) {
      case '+' -> a + b;
      case '-' -> a - b;
      case '*' -> a * b;
      case '/' -> a / b;
      default -> a % b;
    };
  }

  private List<Value> follow(Steps path, Value from) {
    List<Value> current = List.of(from);
    for (Step step : path.steps()) {
      List<Value> next = new ArrayList<>();
      for (Value value : current) {
        follow(step, value, next);
        if (next.size() > MAX_MATCHES) {
          throw new IllegalArgumentException("the path has too many matches");
        }
      }
      current = next;
    }
    return current;
  }

  private void follow(Step step, Value value, List<Value> next) {
    switch (step) {
      case Step.Member member -> {
        Value found = Jsonb.exactMember(value, member.key().getBytes(StandardCharsets.UTF_8));
        if (found != null) {
          next.add(found);
        }
      }
      case Step.AllMembers ignored -> {
        if (Jsonb.isObject(value)) {
          next.addAll(Jsonb.children(value));
        }
      }
      case Step.AllElements ignored -> {
        if (Jsonb.isArray(value)) {
          next.addAll(Jsonb.children(value));
        } else {
          next.add(value);
        }
      }
      case Step.Elements elements -> elements(elements, value, next);
      case Step.Descendants depths -> descend(value, 0, depths, next);
      case Step.Filter filter -> {
        if (test(filter.condition(), value).orElse(false)) {
          next.add(value);
        }
      }
    }
  }

  private static void elements(Step.Elements elements, Value value, List<Value> next) {
    if (!Jsonb.isArray(value)) {
      return;
    }
    List<Value> all = Jsonb.children(value);
    for (Slice slice : elements.slices()) {
      int first = slice.first().in(all.size());
      int last = slice.last().in(all.size());
      if (first == last && (first < 0 || first >= all.size())) {
        continue;
      }
      for (int i = Math.max(0, first); i <= Math.min(last, all.size() - 1); i++) {
        next.add(all.get(i));
      }
    }
  }

  private static void descend(Value value, int depth, Step.Descendants depths, List<Value> next) {
    if (depth > MAX_DEPTH) {
      throw new IndexOutOfBoundsException("nested too deep");
    }
    boolean leaf = value.type() != Jsonb.CONTAINER;
    boolean lastOnly = depths.first() == Integer.MAX_VALUE;
    if (lastOnly ? leaf : depth >= depths.first() && depth <= depths.last()) {
      next.add(value);
    }
    if (!leaf && depth < depths.last()) {
      for (Value child : Jsonb.children(value)) {
        descend(child, depth + 1, depths, next);
      }
    }
  }

  /// Empty for unknown.
  private Optional<Boolean> test(Condition condition, Value item) {
    return switch (condition) {
      case Condition.Both both -> {
        Optional<Boolean> left = test(both.left(), item);
        Optional<Boolean> right = test(both.right(), item);
        yield left.flatMap(a -> right.map(b -> a && b));
      }
      case Condition.Either either -> {
        Optional<Boolean> left = test(either.left(), item);
        Optional<Boolean> right = test(either.right(), item);
        yield left.flatMap(a -> right.map(b -> a || b));
      }
      case Condition.Exists exists ->
          Optional.of(!follow(exists.path(), start(exists.path(), item)).isEmpty());
      case Condition.StartsWith starts ->
          any(
              values(starts.value(), item),
              List.of(starts.prefix()),
              (value, prefix) ->
                  value instanceof String text
                      ? Optional.of(text.startsWith((String) prefix))
                      : Optional.empty());
      case Condition.Compare compare ->
          any(
              values(compare.left(), item),
              values(compare.right(), item),
              (left, right) -> compare(compare.operator(), left, right));
    };
  }

  private Value start(Steps path, Value item) {
    return path.fromItem() ? item : root;
  }

  private interface PairTest {
    Optional<Boolean> test(Object left, Object right);
  }

  /// True as soon as one pair is; else unknown if one pair is.
  private static Optional<Boolean> any(List<Object> left, List<?> right, PairTest test) {
    boolean unknown = false;
    for (Object a : left) {
      for (Object b : right) {
        Optional<Boolean> one = test.test(a, b);
        if (one.orElse(false)) {
          return one;
        }
        unknown |= one.isEmpty();
      }
    }
    return unknown ? Optional.empty() : Optional.of(false);
  }

  /// String, Number, Boolean, [Literal#NULL], or a [Value] for a container. Arrays count as their
  /// elements.
  private List<Object> values(Operand operand, Value item) {
    return switch (operand) {
      case Literal literal -> List.of(literal.value());
      case Steps path -> {
        List<Object> all = new ArrayList<>();
        for (Value value : follow(path, start(path, item))) {
          if (Jsonb.isArray(value)) {
            Jsonb.children(value).forEach(element -> all.add(plain(element)));
          } else {
            all.add(plain(value));
          }
        }
        yield all;
      }
    };
  }

  private static Object plain(Value value) {
    return switch (value.type()) {
      case Jsonb.NULL -> Literal.NULL;
      case Jsonb.STRING -> Jsonb.text(value.payload());
      case Jsonb.NUMBER -> Jsonb.number(value);
      case Jsonb.TRUE -> true;
      case Jsonb.FALSE -> false;
      default -> value;
    };
  }

  @SuppressWarnings("ReferenceEquality") // the null literal is one object
  private static Optional<Boolean> compare(String operator, Object left, Object right) {
    if (left instanceof Value || right instanceof Value) {
      return Optional.empty();
    }
    int order;
    if (left == Literal.NULL && right == Literal.NULL) {
      order = 0;
    } else if (left == Literal.NULL || right == Literal.NULL) {
      return differentTypes(operator);
    } else if (left instanceof Number a && right instanceof Number b) {
      order =
          a instanceof Long x && b instanceof Long y
              ? Long.compare(x, y)
              : Double.compare(a.doubleValue(), b.doubleValue());
    } else if (left instanceof String a && right instanceof String b) {
      order =
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    } else if (left instanceof Boolean a && right instanceof Boolean b) {
      order = Boolean.compare(a, b);
    } else {
      return differentTypes(operator);
    }
    return Optional.of(
        switch (operator) {
          case "==" -> order == 0;
          case "!=" -> order != 0;
          case "<" -> order < 0;
          case "<=" -> order <= 0;
          case ">" -> order > 0;
          default -> order >= 0;
        });
  }

  private static Optional<Boolean> differentTypes(String operator) {
    return operator.equals("!=") ? Optional.of(true) : Optional.empty();
  }
}
