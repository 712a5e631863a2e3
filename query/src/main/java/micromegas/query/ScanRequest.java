package micromegas.query;

import java.util.Set;
import micromegas.common.TimeRange;

/// What one reference to a table in a query can make use of. All filters are conservative: rows
/// outside them may be returned, rows inside them must be.
///
/// @param eventTime the request's range intersected with what the SQL text says about the table's
///   event-time columns
/// @param insertTime what the SQL text says about the column `insert_time`
/// @param processIds `process_id` must be one of these; empty means any
/// @param streamIds `stream_id` must be one of these; empty means any
/// @param materialize whether the table may bring itself up to date; false for EXPLAIN and for
///   describing a query
public record ScanRequest(
    TimeRange eventTime,
    TimeRange insertTime,
    Set<String> processIds,
    Set<String> streamIds,
    boolean materialize) {
  public ScanRequest {
    processIds = Set.copyOf(processIds);
    streamIds = Set.copyOf(streamIds);
  }

  /// Everything, brought up to date.
  public static final ScanRequest ALL =
      new ScanRequest(TimeRange.ALL, TimeRange.ALL, Set.of(), Set.of(), true);
}
