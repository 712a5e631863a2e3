package micromegas.server.flight;

import micromegas.query.QueryResult;

/// A query that runs, and the record that is written about it in the end.
///
/// @param headers of the call that started it
record StartedQuery(QueryResult result, QueryAudit audit, CallHeaders headers) {

  /// Ends a query that nobody fetches.
  void abandon() {
    try {
      result.close();
    } finally {
      audit.used(result.use());
      audit.incomplete(0);
    }
  }
}
