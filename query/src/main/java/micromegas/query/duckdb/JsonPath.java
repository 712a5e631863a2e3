package micromegas.query.duckdb;

import java.util.List;

/// A JSON path: what `jsonb_path_query` looks for. Parsed by [JsonPathParser], evaluated by
/// [JsonPathEvaluator].
sealed interface JsonPath {

  /// Steps from a value to others.
  ///
  /// @param fromItem from the item that a filter looks at, not from the root
  record Steps(boolean fromItem, List<Step> steps) implements JsonPath, Operand {
    public Steps {
      steps = List.copyOf(steps);
    }
  }

  /// A whole path that is a condition: its result is a boolean.
  record Test(Condition condition) implements JsonPath {}

  /// A whole path that is a calculation.
  record Calculation(char operator, JsonPath left, JsonPath right) implements JsonPath {}

  /// A number in a calculation.
  record Value(Literal literal) implements JsonPath {}

  /// From one value to any number of others.
  sealed interface Step {
    record Member(String key) implements Step {}

    record AllMembers() implements Step {}

    record AllElements() implements Step {}

    /// Elements of an array by position.
    record Elements(List<Slice> slices) implements Step {}

    /// The item and what is in it, at depths from `first` to `last`.
    record Descendants(int first, int last) implements Step {}

    record Filter(Condition condition) implements Step {}
  }

  /// Positions from `first` to `last`, both included.
  record Slice(Position first, Position last) {}

  /// @param fromEnd counted from the last element, `offset` being 0 or less
  record Position(boolean fromEnd, int offset) {
    int in(int size) {
      return fromEnd ? size - 1 + offset : offset;
    }
  }

  /// True, false or unknown.
  sealed interface Condition {
    record Compare(String operator, Operand left, Operand right) implements Condition {}

    record StartsWith(Operand value, String prefix) implements Condition {}

    record Both(Condition left, Condition right) implements Condition {}

    record Either(Condition left, Condition right) implements Condition {}

    record Exists(Steps path) implements Condition {}
  }

  /// One side of a comparison.
  sealed interface Operand permits Steps, Literal {}

  /// String, Long, Double or Boolean; JSON null is [#NULL].
  record Literal(Object value) implements Operand {
    static final Object NULL = new Object();
  }
}
