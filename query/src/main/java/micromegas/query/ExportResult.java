package micromegas.query;

import java.util.Optional;
import micromegas.common.TimeRange;

/// @param rows rows written; 0 means that the file was not created
/// @param eventTime smallest and largest event time of the rows, in nanoseconds
/// @param fileSize bytes of the file
public record ExportResult(long rows, Optional<TimeRange> eventTime, long fileSize) {}
