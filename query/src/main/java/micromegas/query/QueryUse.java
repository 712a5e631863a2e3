package micromegas.query;

/// What one query took. The engine counts for all queries together and is asked every 50 ms, so its
/// part belongs to this query alone only when no other ran meanwhile, and is 0 for a query that
/// ended before the first look.
///
/// @param peakMemoryBytes most memory of the engine while the query ran, caches of files not
///   counted, or of the query's own batches, whichever is larger
/// @param spilledBytes most that the engine had spilled to disk while the query ran
public record QueryUse(long peakMemoryBytes, long spilledBytes) {
  public static final QueryUse NONE = new QueryUse(0, 0);
}
