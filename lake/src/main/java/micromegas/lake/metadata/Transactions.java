package micromegas.lake.metadata;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/// One transaction on one connection.
public final class Transactions {
  private Transactions() {}

  @FunctionalInterface
  public interface Work<R> {
    R run(Connection connection) throws SQLException;
  }

  /// Commits when `work` returns, rolls back when it throws.
  public static <R> R run(DataSource dataSource, Work<R> work) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        R result = work.run(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        try {
          connection.rollback();
        } catch (SQLException rollback) {
          e.addSuppressed(rollback);
        }
        throw e;
      }
    }
  }
}
