package micromegas.query;

import java.time.Duration;

/// What one query may use. Reaching a limit ends the query with
/// [micromegas.common.ResourceExhaustedException], whose message names the setting.
///
/// @param spillBytes memory of one operator above which it spills to disk (soft)
/// @param memoryBytes memory of the query above which it is cancelled
/// @param timeout wall time from start to last row
/// @param maxRows rows of the result
public record QueryLimits(long spillBytes, long memoryBytes, Duration timeout, long maxRows) {}
