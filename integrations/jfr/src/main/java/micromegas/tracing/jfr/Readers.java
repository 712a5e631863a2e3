package micromegas.tracing.jfr;

import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;

/// The readers of all kinds, for one run of telemetry. Used by one thread.
final class Readers {
  private final Map<JfrKind, EventReader> byKind = new EnumMap<>(JfrKind.class);
  private final Set<EventReader> all = new LinkedHashSet<>();
  private final Budget budget;

  Readers(JfrSettings settings, Budget budget) {
    this.budget = budget;
    EventReader pauses = new PauseEvents(settings);
    EventReader waits = new WaitEvents(settings);
    EventReader throwing = new ThrowEvents(settings);
    for (JfrKind kind : settings.kinds()) {
      byKind.put(
          kind,
          switch (kind) {
            case GC, SAFEPOINT -> pauses;
            case MONITOR, PARK, PINNED, IO -> waits;
            case SAMPLES -> SampleEvents.ofThreads(settings, budget);
            case CPU_SAMPLES -> SampleEvents.ofProcessorTime(settings, budget);
            case ALLOCATION -> new AllocationEvents(settings);
            case ERRORS, EXCEPTIONS -> throwing;
          });
    }
    all.addAll(byKind.values());
  }

  void read(JfrKind kind, RecordedEvent event, ClockOffset clock) {
    EventReader reader = byKind.get(kind);
    if (reader == null) {
      return;
    }
    try {
      reader.read(kind, event, clock);
    } catch (RuntimeException e) {
      budget.lose(kind); // such as a field that this version of the JVM does not have
    }
  }

  /// A delivery is over; everything before `now` has been read.
  void next(long now) {
    all.forEach(reader -> reader.next(now));
  }

  void close() {
    all.forEach(EventReader::close);
  }
}
