package micromegas.query;

import java.nio.ByteBuffer;
import java.util.Map;
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
/// @param keys by name of a column of binary of fixed size: its value must be one of these
/// @param materialize whether the table may bring itself up to date; false for EXPLAIN and for
///   describing a query
public record ScanRequest(
    TimeRange eventTime,
    TimeRange insertTime,
    Set<String> processIds,
    Set<String> streamIds,
    Map<String, Set<ByteBuffer>> keys,
    boolean materialize) {
  public ScanRequest(
      TimeRange eventTime,
      TimeRange insertTime,
      Set<String> processIds,
      Set<String> streamIds,
      boolean materialize) {
    this(eventTime, insertTime, processIds, streamIds, Map.of(), materialize);
  }

  public ScanRequest {
    keys = Map.copyOf(keys);
    processIds = Set.copyOf(processIds);
    streamIds = Set.copyOf(streamIds);
  }

  /// Everything, brought up to date.
  public static final ScanRequest ALL =
      new ScanRequest(TimeRange.ALL, TimeRange.ALL, Set.of(), Set.of(), true);
}
