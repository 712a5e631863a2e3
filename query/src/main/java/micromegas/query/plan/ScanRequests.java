package micromegas.query.plan;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import micromegas.common.TimeRange;
import micromegas.query.EventTimeColumns;
import micromegas.query.ScanRequest;
import micromegas.query.TableProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/// Tells tables what a query wants of them.
final class ScanRequests {
  private static final String INSERT_TIME = "insert_time";
  private static final String PROCESS_ID = "process_id";
  private static final String STREAM_ID = "stream_id";

  private ScanRequests() {}

  /// The request for a table, or empty when no row can match.
  ///
  /// @param range of event time that applies in any case
  static Optional<ScanRequest> of(
      TableProvider table, TimeRange range, Demand demand, boolean materialize) {
    Optional<TimeRange> eventTime = eventTime(table.eventTime(), range, demand);
    Bound inserted = demand.bound(INSERT_TIME);
    Optional<Set<String>> processIds = demand.bound(PROCESS_ID).plainTexts();
    Optional<Set<String>> streamIds = demand.bound(STREAM_ID).plainTexts();
    Map<String, Set<ByteBuffer>> keys = keys(table, demand);
    boolean contradiction =
        demand.nothing()
            || eventTime.isEmpty()
            || inserted.begin() > inserted.end()
            || processIds.filter(Set::isEmpty).isPresent()
            || streamIds.filter(Set::isEmpty).isPresent()
            || keys.values().stream().anyMatch(Set::isEmpty);
    if (contradiction) {
      return Optional.empty();
    }
    return Optional.of(
        new ScanRequest(
            eventTime.get(),
            new TimeRange(inserted.begin(), inserted.end()),
            processIds.orElse(Set.of()),
            streamIds.orElse(Set.of()),
            keys,
            materialize));
  }

  private static Map<String, Set<ByteBuffer>> keys(TableProvider table, Demand demand) {
    Map<String, Set<ByteBuffer>> keys = new HashMap<>();
    for (Field field : table.schema().getFields()) {
      if (field.getType() instanceof ArrowType.FixedSizeBinary) {
        demand.bound(field.getName()).bytes().ifPresent(all -> keys.put(field.getName(), all));
      }
    }
    return keys;
  }

  private static Optional<TimeRange> eventTime(
      Optional<EventTimeColumns> columns, TimeRange range, Demand demand) {
    long begin = range.beginNanos();
    long end = range.endNanos();
    if (columns.isPresent()) {
      Bound min = demand.bound(columns.get().min());
      Bound max = demand.bound(columns.get().max());
      begin = Math.max(begin, max.begin());
      end = Math.min(end, min.end());
      if (columns.get().ordered()) {
        begin = Math.max(begin, min.begin());
        end = Math.min(end, max.end());
      }
    }
    return begin <= end ? Optional.of(new TimeRange(begin, end)) : Optional.empty();
  }
}
