package micromegas.tracing.jfr;

import java.util.EnumMap;
import java.util.Map;
import micromegas.tracing.IntMetric;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Sites;

/// So many events of each kind between two deliveries of the recorder, which are a second apart.
/// Counts what is lost, and reports it as the library reports other losses. Used by one thread.
final class Budget {
  private static final IntMetric DROPPED =
      Sites.of("micromegas.tracing", "", 0).intMetric("mm_dropped_events", "count");

  private final int perDelivery;
  private final Map<JfrKind, Integer> used = new EnumMap<>(JfrKind.class);
  private final Map<JfrKind, Long> lost = new EnumMap<>(JfrKind.class);
  private long lostByRecorder;

  Budget(int perDelivery) {
    this.perDelivery = perDelivery;
  }

  /// @return whether the event may be recorded
  boolean take(JfrKind kind) {
    int now = used.merge(kind, 1, Integer::sum);
    if (now > perDelivery) {
      lose(kind);
      return false;
    }
    return true;
  }

  void lose(JfrKind kind) {
    lose(kind, 1);
  }

  void lose(JfrKind kind, long events) {
    lost.merge(kind, events, Long::sum);
  }

  /// The recorder says that it has lost data of its own.
  ///
  /// @param bytes since the last time
  void loseBytes(long bytes) {
    lostByRecorder += bytes;
  }

  /// Reports losses and begins anew.
  void next() {
    used.clear();
    lost.forEach(
        (kind, count) -> DROPPED.record(count, PropertySet.of("kind", "jfr_" + kind.text())));
    lost.clear();
    if (lostByRecorder > 0) {
      DROPPED.record(lostByRecorder, PropertySet.of("kind", "jfr_bytes"));
      lostByRecorder = 0;
    }
  }
}
