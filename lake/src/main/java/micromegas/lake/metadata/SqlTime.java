package micromegas.lake.metadata;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// Times on their way to and from PostgreSQL, which keeps microseconds. The driver would round, so
/// values are truncated before they are bound; who needs an upper bound rounds up before.
public final class SqlTime {
  private SqlTime() {}

  /// The value to bind for `instant`.
  public static OffsetDateTime truncated(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  /// The same as text, for elements of arrays.
  public static String text(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS).toString();
  }

  /// A column that may be NULL.
  public static @Nullable Instant read(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }

  /// A column without NULL; a time outside of the driver's range reads as the epoch.
  public static Instant readOrEpoch(ResultSet row, String column) throws SQLException {
    Instant value = read(row, column);
    return value == null ? Instant.EPOCH : value;
  }
}
