package micromegas.query.plan;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Kinds of statement, told by their first words.
sealed interface Statement {
  /// A query.
  record Rows(String sql) implements Statement {}

  /// The plan of a query.
  record Explain(String sql, boolean analyze) implements Statement {}

  /// A listing of the catalog.
  sealed interface Show extends Statement {}

  record ShowTables() implements Show {}

  record ShowColumns(String table) implements Show {}

  record Describe(String table) implements Show {}

  Pattern COMMENTS = Pattern.compile("\\G(?:\\s+|--[^\\n]*(?:\\n|$)|/\\*(?s:.*?)\\*/)");
  Pattern EXPLAIN = Pattern.compile("explain\\s+(analyze\\s+)?(?:verbose\\s+)?(.*)", flags());
  Pattern SHOW_TABLES = Pattern.compile("show\\s+tables\\s*;?\\s*", flags());
  Pattern SHOW_COLUMNS =
      Pattern.compile("show\\s+columns\\s+(?:from|in)\\s+([\\w.\"]+)\\s*;?\\s*", flags());
  Pattern DESCRIBE = Pattern.compile("desc(?:ribe)?\\s+([\\w.\"]+)\\s*;?\\s*", flags());

  private static int flags() {
    return Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
  }

  static Statement of(String sql) {
    String text = withoutLeadingComments(sql);
    Matcher explain = EXPLAIN.matcher(text);
    if (explain.matches()) {
      return new Explain(explain.group(2), explain.group(1) != null);
    }
    if (SHOW_TABLES.matcher(text).matches()) {
      return new ShowTables();
    }
    Matcher columns = SHOW_COLUMNS.matcher(text);
    if (columns.matches()) {
      return new ShowColumns(tableName(columns.group(1)));
    }
    Matcher describe = DESCRIBE.matcher(text);
    if (describe.matches()) {
      return new Describe(tableName(describe.group(1)));
    }
    return new Rows(sql);
  }

  private static String withoutLeadingComments(String sql) {
    Matcher skip = COMMENTS.matcher(sql);
    int start = 0;
    while (skip.find() && skip.end() > start) {
      start = skip.end();
    }
    return sql.substring(start);
  }

  private static String tableName(String text) {
    return text.startsWith("\"") && text.endsWith("\"") && text.length() > 2
        ? text.substring(1, text.length() - 1)
        : text.toLowerCase(java.util.Locale.ROOT);
  }
}
