package micromegas.lake;

import java.time.Instant;
import micromegas.transit.ProcessInfo;

/// A row of `processes`.
///
/// @param insertTime server clock at registration, microsecond precision
public record StoredProcess(ProcessInfo info, Instant insertTime) {}
