package micromegas.tracing.agent.advice;

import java.util.LinkedHashMap;
import java.util.Map;
import micromegas.tracing.BoundedNames;
import micromegas.tracing.Name;

/// Names of statements. Remembers the texts that were seen last, so that most are not read again.
/// Thread-safe.
final class SqlNames {
  private static final int REMEMBERED = 1_024;
  private static final int LONGEST = 4_096;

  private final int maxLength;
  private final BoundedNames names;
  private final Map<String, Name> bySql =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Name> eldest) {
          return size() > REMEMBERED;
        }
      };

  /// @param maxLength of a name in characters
  /// @param maxNames different ones
  SqlNames(int maxLength, int maxNames) {
    this.maxLength = maxLength;
    this.names = new BoundedNames(maxNames, "SQL (other)");
  }

  Name of(String sql) {
    if (sql.length() > LONGEST) {
      return names.of(SqlText.shapeOf(sql, maxLength));
    }
    synchronized (bySql) {
      Name known = bySql.get(sql);
      if (known == null) {
        known = names.of(SqlText.shapeOf(sql, maxLength));
        bySql.put(sql, known);
      }
      return known;
    }
  }
}
