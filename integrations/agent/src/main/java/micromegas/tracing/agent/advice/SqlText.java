package micromegas.tracing.agent.advice;

/// SQL without what differs from call to call: literals become `?`, lists of them one, comments go,
/// white space becomes a blank. Stateless.
final class SqlText {
  private final String sql;
  private final int max;
  private final StringBuilder out;
  private int at;

  private SqlText(String sql, int max) {
    this.sql = sql;
    this.max = max;
    this.out = new StringBuilder(Math.min(sql.length(), max + 16));
  }

  /// @param max characters of the result, which ends in `…` when there are more
  static String shapeOf(String sql, int max) {
    return new SqlText(sql, max).shape();
  }

  private String shape() {
    while (at < sql.length() && out.length() <= max) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
        blank();
      } else if (c == '\'') {
        skipQuoted('\'');
        literal();
      } else if (c == '"' || c == '`') {
        int from = at;
        skipQuoted(c);
        out.append(sql, from, at);
      } else if (sql.startsWith("--", at)) {
        skipTo("\n");
        blank();
      } else if (sql.startsWith("/*", at)) {
        skipTo("*/");
        blank();
      } else if (c == '$' && isDollarQuote()) {
        literal();
      } else if (isDigit(c)) {
        skipNumber();
        literal();
      } else if (Character.isJavaIdentifierStart(c) && c != '$') {
        identifier();
      } else {
        out.append(c);
        at++;
      }
    }
    String shape = out.toString().trim();
    return shape.length() > max ? shape.substring(0, max) + "…" : shape;
  }

  private void blank() {
    if (out.length() > 0 && out.charAt(out.length() - 1) != ' ') {
      out.append(' ');
    }
  }

  /// `?`, and nothing more for one behind a comma in a list of them.
  private void literal() {
    int end = out.length();
    while (end > 0 && out.charAt(end - 1) == ' ') {
      end--;
    }
    boolean listed = end > 0 && out.charAt(end - 1) == ',';
    int before = end - 1;
    while (before > 0 && out.charAt(before - 1) == ' ') {
      before--;
    }
    if (listed && before > 0 && out.charAt(before - 1) == '?') {
      out.setLength(before);
    } else {
      out.append('?');
    }
  }

  private void skipQuoted(char quote) {
    at++;
    while (at < sql.length()) {
      char c = sql.charAt(at++);
      if (c == quote) {
        if (at < sql.length() && sql.charAt(at) == quote) {
          at++;
        } else {
          return;
        }
      }
    }
  }

  private void skipTo(String end) {
    int found = sql.indexOf(end, at);
    at = found < 0 ? sql.length() : found + end.length();
  }

  /// Skips `$tag$ ... $tag$` if there is one.
  private boolean isDollarQuote() {
    int close = sql.indexOf('$', at + 1);
    if (close < 0) {
      return false;
    }
    for (int i = at + 1; i < close; i++) {
      char c = sql.charAt(i);
      if (!Character.isLetterOrDigit(c) && c != '_' || i == at + 1 && isDigit(c)) {
        return false;
      }
    }
    String tag = sql.substring(at, close + 1);
    int end = sql.indexOf(tag, close + 1);
    at = end < 0 ? sql.length() : end + tag.length();
    return true;
  }

  private void skipNumber() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      boolean sign =
          (c == '+' || c == '-') && (sql.charAt(at - 1) == 'e' || sql.charAt(at - 1) == 'E');
      if (!Character.isLetterOrDigit(c) && c != '.' && c != '_' && !sign) {
        return;
      }
      at++;
    }
  }

  private void identifier() {
    int from = at;
    while (at < sql.length() && Character.isJavaIdentifierPart(sql.charAt(at))) {
      at++;
    }
    boolean prefix = at - from == 1 && at < sql.length() && sql.charAt(at) == '\'';
    if (!prefix) { // else a text such as E'...' or x'...'
      out.append(sql, from, at);
      return;
    }
    boolean escapes = sql.charAt(from) == 'E' || sql.charAt(from) == 'e';
    if (escapes) {
      skipEscaped();
    } else {
      skipQuoted('\'');
    }
    literal();
  }

  private void skipEscaped() {
    at++;
    while (at < sql.length()) {
      char c = sql.charAt(at++);
      if (c == '\\') {
        at++;
      } else if (c == '\'') {
        if (at < sql.length() && sql.charAt(at) == '\'') {
          at++;
        } else {
          return;
        }
      }
    }
    at = sql.length();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
