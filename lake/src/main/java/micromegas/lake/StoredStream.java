package micromegas.lake;

import java.time.Instant;
import micromegas.transit.StreamInfo;

/// A row of `streams`.
///
/// @param insertTime server clock at registration, microsecond precision
public record StoredStream(StreamInfo info, Instant insertTime) {}
