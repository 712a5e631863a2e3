package micromegas.query;

import micromegas.common.TimeRange;

/// Runs queries on behalf of a query: over the same catalog, under its limits of time and memory,
/// and ended with it when it is cancelled. Thread-safe.
public interface SubQueries {
  /// Starts `sql`, trusted text, over the rows of `range`.
  ///
  /// @param range replaces the range of the outer query
  /// @return rows as they come; the caller closes them
  /// @throws micromegas.common.MicromegasException as [QueryEngine#query], without stage and query
  ///   id, which the outer query adds
  QueryResult run(String sql, TimeRange range);
}
