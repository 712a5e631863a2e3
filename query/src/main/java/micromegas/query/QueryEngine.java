package micromegas.query;

/// Runs SQL over the tables of a catalog. Thread-safe.
public interface QueryEngine extends AutoCloseable {

  /// Plans `request`, brings the tables it reads up to date and starts it.
  ///
  /// @return the running query; the caller closes it
  /// @throws micromegas.common.MicromegasException; messages start with the stage that failed and
  ///   end with the query id
  QueryResult query(QueryRequest request);

  /// The columns that [#query] would return. Nothing is materialised.
  QueryDescription describe(QueryRequest request);

  /// Writes the rows of trusted SQL to a local Parquet file (ZSTD, row groups of at most 131,072
  /// rows).
  ExportResult export(ExportRequest request);

  @Override
  void close();
}
