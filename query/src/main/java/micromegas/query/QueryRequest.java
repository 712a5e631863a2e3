package micromegas.query;

import java.util.OptionalLong;
import java.util.UUID;
import micromegas.common.TimeRange;

/// One query.
///
/// @param queryId identifies the query in messages, logs and metrics
/// @param sql one read statement; a trailing semicolon is allowed
/// @param range event-time range that applies to every scan; [TimeRange#ALL] when none was given
/// @param limit outermost limit in addition to the SQL
public record QueryRequest(
    UUID queryId,
    String sql,
    TimeRange range,
    OptionalLong limit,
    TableCatalog catalog,
    QueryLimits limits) {

  /// The same request for another statement, without a limit.
  public QueryRequest withSql(String otherSql, TimeRange otherRange) {
    return new QueryRequest(queryId, otherSql, otherRange, OptionalLong.empty(), catalog, limits);
  }
}
