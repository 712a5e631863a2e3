package micromegas.lakehouse.source;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import micromegas.common.UnavailableException;
import org.jdbi.v3.core.JdbiException;

/// Values between Java and PostgreSQL, and its errors in the words of the project.
final class Rows {
  private Rows() {}

  /// Runs `work` against PostgreSQL.
  ///
  /// @throws UnavailableException when it fails; `what` completes "PostgreSQL could not …"
  static <T> T call(String what, Supplier<T> work) {
    try {
      return work.get();
    } catch (JdbiException e) {
      throw new UnavailableException("PostgreSQL could not " + what + ": " + e.getMessage(), e);
    }
  }

  /// Truncated here, since the driver would round to the nearest microsecond.
  static OffsetDateTime timestamp(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  /// A time; the epoch when the column is null.
  static Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? Instant.EPOCH : value.toInstant();
  }
}
