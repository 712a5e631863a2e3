package micromegas.server.flight;

/// Counts since the server started; a snapshot, each count exact on its own. Every query that was
/// audited is in exactly one of the first five.
///
/// @param completed queries whose rows were all sent
/// @param incomplete queries whose client left
/// @param failedUser queries that their caller got wrong
/// @param failedResource queries that reached a limit
/// @param failedInternal queries that failed through no fault of their caller
/// @param rows rows that were sent
/// @param planningNanos time until rows were about to flow, of all queries together
/// @param totalNanos time until the last row, of all queries together
/// @param peakMemoryBytes largest [micromegas.query.QueryUse#peakMemoryBytes] of one query
/// @param spilledBytes sum of [micromegas.query.QueryUse#spilledBytes] of all queries
public record QueryMetrics(
    long completed,
    long incomplete,
    long failedUser,
    long failedResource,
    long failedInternal,
    long rows,
    long planningNanos,
    long totalNanos,
    long peakMemoryBytes,
    long spilledBytes) {}
