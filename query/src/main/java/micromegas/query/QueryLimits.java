package micromegas.query;

import java.time.Duration;

/// What one query may use. Reaching a limit ends the query with
/// [micromegas.common.ResourceExhaustedException], whose message names the setting.
///
/// The engine counts the memory of all queries together. Enforced of `memoryBytes` is therefore:
/// use is looked at every 50 ms, caches of files not counted, and its growth is attributed to the
/// queries that worked meanwhile, with what is known of each from before. A query that is found to
/// hold more than 1.25 times its limit is ended; so is the one that exceeds its limit most when the
/// sum of all limits is exceeded. A query that runs alone is held to exactly its own limit, up to
/// what it allocates within 50 ms. The engine's memory as a whole is a hard limit of
/// [EngineSettings#memoryBytes], and what queries spill one of [EngineSettings#tempBytes].
///
/// @param spillBytes memory of one operator above which it spills to disk (soft)
/// @param memoryBytes memory of the query above which it is ended; Long.MAX_VALUE for none
/// @param timeout wall time from start to last row
/// @param maxRows rows of the result
public record QueryLimits(long spillBytes, long memoryBytes, Duration timeout, long maxRows) {}
