package micromegas.lake.metadata;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import micromegas.common.UnavailableException;

/// The one step of the telemetry schema that SQL text alone cannot express.
final class TelemetryMigrations {
  private record Target(String table, String column) {
    String index() {
      return table + "_" + column + "_unique";
    }
  }

  private static final List<Target> TARGETS =
      List.of(
          new Target("processes", "process_id"),
          new Target("streams", "stream_id"),
          new Target("blocks", "block_id"));

  private TelemetryMigrations() {}

  /// Builds the unique indexes without blocking writers. A build that met duplicates leaves an
  /// invalid index, which is dropped so that the next start can try again.
  static void buildUniqueIndexes(Connection connection) throws SQLException {
    List<String> invalid = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      for (Target target : TARGETS) {
        String index = target.index();
        try {
          statement.execute(
              "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS %s ON %s (%s)"
                  .formatted(index, target.table(), target.column()));
        } catch (SQLException e) {
          reasons.add(e.getMessage());
        }
        if (!isValid(statement, index)) {
          statement.execute("DROP INDEX CONCURRENTLY IF EXISTS " + index);
          invalid.add(index);
        }
      }
    }
    if (!invalid.isEmpty()) {
      throw new UnavailableException(
          "could not build the unique indexes %s (%s): remove the duplicates and start again"
              .formatted(invalid, String.join("; ", reasons)));
    }
  }

  private static boolean isValid(Statement statement, String index) throws SQLException {
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('" + index + "')")) {
      return rows.next() && rows.getBoolean(1);
    }
  }
}
