package micromegas.query.duckdb;

import java.util.ArrayList;
import java.util.List;
import micromegas.query.duckdb.JsonPath.Condition;
import micromegas.query.duckdb.JsonPath.Literal;
import micromegas.query.duckdb.JsonPath.Operand;
import micromegas.query.duckdb.JsonPath.Position;
import micromegas.query.duckdb.JsonPath.Slice;
import micromegas.query.duckdb.JsonPath.Step;
import micromegas.query.duckdb.JsonPath.Steps;

/// Reads the text of a JSON path, in the subset of SQL/JSON that the project's SQL specification
/// lists.
final class JsonPathParser {
  private static final int MAX_DEPTH = 64;
  private static final String DELIMITERS = " \t\r\n.:[](){}?@$&|=!<>+-*/%,\"";
  private static final List<String> COMPARISONS = List.of("==", "!=", "<>", "<=", ">=", "<", ">");

  private final String text;
  private int at;
  private int depth;

  private JsonPathParser(String text) {
    this.text = text;
  }

  /// @throws IllegalArgumentException saying what is wrong, and where
  static JsonPath parse(String text) {
    JsonPathParser parser = new JsonPathParser(text);
    parser.skip();
    if (parser.peek('@')) {
      throw parser.wrong("a path cannot start with '@'");
    }
    boolean test = text.strip().matches("(?s)exists\\s*\\(.*");
    JsonPath path = test ? new Steps(false, List.of()) : parser.calculation();
    if (test || !parser.atEnd()) {
      // Not a calculation: a condition.
      parser.at = 0;
      parser.skip();
      path = new JsonPath.Test(parser.either());
    }
    if (!parser.atEnd()) {
      throw parser.wrong("unexpected text");
    }
    return path;
  }

  private IllegalArgumentException wrong(String detail) {
    return new IllegalArgumentException(detail + " at position " + at);
  }

  private boolean atEnd() {
    skip();
    return at == text.length();
  }

  private void skip() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private boolean peek(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private boolean accept(String token) {
    skip();
    if (text.startsWith(token, at)) {
      at += token.length();
      return true;
    }
    return false;
  }

  private void expect(String token) {
    if (!accept(token)) {
      throw wrong("expected '" + token + "'");
    }
  }

  private boolean acceptWord(String word) {
    skip();
    int end = at + word.length();
    if (text.startsWith(word, at)
        && (end == text.length() || DELIMITERS.indexOf(text.charAt(end)) >= 0)) {
      at = end;
      return true;
    }
    return false;
  }

  private JsonPath calculation() {
    JsonPath left = product();
    while (true) {
      skip();
      if (peek('+') || peek('-')) {
        char operator = text.charAt(at++);
        left = new JsonPath.Calculation(operator, left, product());
      } else {
        return left;
      }
    }
  }

  private JsonPath product() {
    JsonPath left = term();
    while (true) {
      skip();
      if (peek('*') || peek('/') || peek('%')) {
        char operator = text.charAt(at++);
        left = new JsonPath.Calculation(operator, left, term());
      } else {
        return left;
      }
    }
  }

  private JsonPath term() {
    skip();
    if (at < text.length()
        && (Character.isDigit(text.charAt(at)) || peek('-') || peek('"') || isParenthesis())) {
      if (isParenthesis()) {
        int start = at;
        at++;
        enter();
        JsonPath inner = calculation();
        depth--;
        if (accept(")")) {
          return inner;
        }
        at = start;
        // The caller goes on with a condition.
        return new Steps(false, List.of());
      }
      return new JsonPath.Value(literal());
    }
    return steps(false);
  }

  private boolean isParenthesis() {
    return peek('(');
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw wrong("nested too deep");
    }
  }

  private Condition either() {
    Condition left = both();
    while (accept("||")) {
      left = new Condition.Either(left, both());
    }
    return left;
  }

  private Condition both() {
    Condition left = condition();
    while (accept("&&")) {
      left = new Condition.Both(left, condition());
    }
    return left;
  }

  private Condition condition() {
    skip();
    if (acceptWord("exists")) {
      expect("(");
      Steps path = operandPath();
      expect(")");
      return new Condition.Exists(path);
    }
    if (accept("(")) {
      enter();
      Condition inner = either();
      depth--;
      expect(")");
      return inner;
    }
    Operand left = operand();
    if (acceptWord("starts")) {
      if (!acceptWord("with") || !(operand() instanceof Literal(String prefix))) {
        throw wrong("expected 'with' and a string");
      }
      return new Condition.StartsWith(left, prefix);
    }
    for (String operator : COMPARISONS) {
      if (accept(operator)) {
        return new Condition.Compare(operator.equals("<>") ? "!=" : operator, left, operand());
      }
    }
    throw wrong("expected a comparison");
  }

  private Operand operand() {
    skip();
    if (peek('@') || peek('$')) {
      return operandPath();
    }
    return literal();
  }

  private Steps operandPath() {
    skip();
    if (accept("@")) {
      return steps(true);
    }
    return steps(false);
  }

  private Literal literal() {
    skip();
    if (acceptWord("true")) {
      return new Literal(true);
    }
    if (acceptWord("false")) {
      return new Literal(false);
    }
    if (acceptWord("null")) {
      return new Literal(Literal.NULL);
    }
    if (peek('"')) {
      return new Literal(quoted());
    }
    int start = at;
    if (peek('-') || peek('+')) {
      at++;
    }
    while (at < text.length() && isNumberPart(text.charAt(at), start)) {
      at++;
    }
    String number = text.substring(start, at);
    try {
      return new Literal(
          number.matches("[+-]?\\d+") ? (Object) Long.valueOf(number) : Double.valueOf(number));
    } catch (NumberFormatException e) {
      throw wrong("expected a value");
    }
  }

  private boolean isNumberPart(char c, int start) {
    boolean sign = (c == '+' || c == '-') && at > start && "eE".indexOf(text.charAt(at - 1)) >= 0;
    return Character.isDigit(c) || c == '.' || c == 'e' || c == 'E' || sign;
  }

  private String quoted() {
    StringBuilder out = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return out.toString();
      }
      if (c != '\\') {
        out.append(c);
        continue;
      }
      if (at == text.length()) {
        break;
      }
      char escaped = text.charAt(at++);
      switch (escaped) {
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case 'r' -> out.append('\r');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'u' -> {
          if (at + 4 > text.length()) {
            throw wrong("bad escape");
          }
          try {
            out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
          } catch (NumberFormatException e) {
            throw wrong("bad escape");
          }
          at += 4;
        }
        default -> out.append(escaped);
      }
    }
    throw wrong("unterminated string");
  }

  /// Steps up to what is none. Without a beginning, the first may be a name.
  private Steps steps(boolean fromItem) {
    List<Step> steps = new ArrayList<>();
    skip();
    boolean rooted = fromItem || accept("$");
    if (!rooted && at < text.length() && (peek('"') || DELIMITERS.indexOf(text.charAt(at)) < 0)) {
      steps.add(new Step.Member(name()));
    }
    while (true) {
      skip();
      if (peek('.') || peek(':')) {
        at++;
        steps.add(afterDot());
      } else if (accept("[")) {
        steps.add(inBrackets());
      } else if (accept("?")) {
        expect("(");
        enter();
        steps.add(new Step.Filter(either()));
        depth--;
        expect(")");
      } else {
        return new Steps(fromItem, steps);
      }
    }
  }

  private Step afterDot() {
    if (accept("**")) {
      return descendants();
    }
    if (accept("*")) {
      return new Step.AllMembers();
    }
    return new Step.Member(name());
  }

  private String name() {
    skip();
    if (peek('"')) {
      return quoted();
    }
    int start = at;
    while (at < text.length() && DELIMITERS.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    if (start == at) {
      throw wrong("expected a name");
    }
    if (peek('(')) {
      throw wrong("methods are not supported");
    }
    return text.substring(start, at);
  }

  private Step descendants() {
    if (!accept("{")) {
      return new Step.Descendants(0, Integer.MAX_VALUE);
    }
    int first = acceptWord("last") ? Integer.MAX_VALUE : integer();
    int last = first;
    if (acceptWord("to")) {
      last = acceptWord("last") ? Integer.MAX_VALUE : integer();
    }
    expect("}");
    return new Step.Descendants(first, last);
  }

  private Step inBrackets() {
    skip();
    if (accept("*")) {
      expect("]");
      return new Step.AllElements();
    }
    if (peek('"')) {
      String key = quoted();
      expect("]");
      return new Step.Member(key);
    }
    List<Slice> slices = new ArrayList<>();
    do {
      Position first = position();
      slices.add(new Slice(first, acceptWord("to") ? position() : first));
    } while (accept(","));
    expect("]");
    return new Step.Elements(slices);
  }

  private Position position() {
    if (acceptWord("last")) {
      if (accept("-")) {
        return new Position(true, -integer());
      }
      return new Position(true, accept("+") ? integer() : 0);
    }
    return new Position(false, integer());
  }

  private int integer() {
    skip();
    int start = at;
    if (peek('-')) {
      at++;
    }
    while (at < text.length() && Character.isDigit(text.charAt(at))) {
      at++;
    }
    try {
      return Integer.parseInt(text.substring(start, at));
    } catch (NumberFormatException e) {
      throw wrong("expected an integer");
    }
  }
}
