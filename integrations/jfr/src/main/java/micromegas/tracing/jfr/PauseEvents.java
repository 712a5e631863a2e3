package micromegas.tracing.jfr;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import micromegas.tracing.BoundedNames;
import micromegas.tracing.IntMetric;
import micromegas.tracing.Level;
import micromegas.tracing.Log;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.PastEvents;
import micromegas.tracing.PastSpans;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Sites;
import org.jspecify.annotations.Nullable;

/// What the whole JVM does. Pauses are the streams `jvm-gc` and `jvm-safepoint`: a pause of the
/// collector is named by collector and cause, its phases are spans inside it. What the collector
/// does beside the program is the stream `jvm-gc-concurrent`: collections, and their phases inside.
/// The heap before and after a collection are metrics, who asked for one is a log at *debug*.
final class PauseEvents implements EventReader {
  static final String GC = "jvm-gc";
  static final String CONCURRENT = "jvm-gc-concurrent";
  static final String SAFEPOINT = "jvm-safepoint";

  /// Collections of young and old objects, and their phases, may overlap.
  private static final int LANES = 4;

  private final Sites sites = Sites.of("jvm", "", 0);
  private final NamedSpanSite site = sites.namedSpan();
  private final IntMetric heapBefore = sites.intMetric("jvm_gc_heap_before", "bytes");
  private final IntMetric heapAfter = sites.intMetric("jvm_gc_heap_after", "bytes");
  private final Log log = Log.of("jvm.gc");
  private final Stacks stacks;
  private final BoundedNames names;
  private final Map<String, NestingWriter> streams = new HashMap<>();
  private final List<Pause> pauses = new ArrayList<>();
  private final Map<Integer, String> collections = new HashMap<>();
  private PastEvents events = new PastEvents();

  PauseEvents(JfrSettings settings) {
    names = new BoundedNames(settings.names(), "(other)");
    stacks = new Stacks(settings.stackDepth());
  }

  /// A pause, until it is known which collection it belongs to.
  private record Pause(int collection, String name, long beginTicks, long endTicks) {}

  @Override
  public void read(JfrKind kind, RecordedEvent event, ClockOffset clock) {
    long begin = clock.ticks(event.getStartTime());
    long end = clock.ticks(event.getEndTime());
    switch (event.getEventType().getName()) {
      case "jdk.GarbageCollection" -> collection(event, begin, end);
      case "jdk.GCPhasePause" ->
          pauses.add(new Pause(event.getInt("gcId"), name(event), begin, end));
      case "jdk.GCPhasePauseLevel1" -> add(GC, name(event), begin, end);
      case "jdk.GCPhaseConcurrent" -> add(CONCURRENT, name(event), begin, end);
      case "jdk.GCHeapSummary" -> heap(event, begin);
      case "jdk.SystemGC" -> {
        if (log.isOn(Level.DEBUG)) {
          String text = "System.gc()\n" + stacks.folded(event);
          events.log(log, Level.DEBUG, begin, text, PropertySet.EMPTY);
        }
      }
      case "jdk.SafepointBegin" -> add(SAFEPOINT, "reach safepoint", begin, end);
      case "jdk.ExecuteVMOperation" -> {
        if (event.getBoolean("safepoint")) {
          add(SAFEPOINT, "VM operation " + event.getString("operation"), begin, end);
        }
      }
      default -> throw new IllegalArgumentException(event.getEventType().getName());
    }
  }

  /// Some collectors indent the names of their phases.
  private static String name(RecordedEvent event) {
    @Nullable String name = event.getString("name");
    return name == null ? "(unknown)" : name.strip();
  }

  private void collection(RecordedEvent event, long begin, long end) {
    String name = name(event) + " (" + event.getString("cause") + ")";
    collections.put(event.getInt("gcId"), name);
    boolean mostlyBeside =
        event.getDuration("sumOfPauses").multipliedBy(2).compareTo(event.getDuration()) < 0;
    if (mostlyBeside) {
      add(CONCURRENT, name, begin, end);
    }
  }

  private void heap(RecordedEvent event, long ticks) {
    boolean isBefore = "Before GC".equals(event.getString("when"));
    long used = event.getLong("heapUsed");
    events.metric(isBefore ? heapBefore : heapAfter, used, PropertySet.EMPTY, ticks);
  }

  private void add(String stream, String name, long begin, long end) {
    streams.computeIfAbsent(stream, this::open).add(new PastSpan(names.of(name), begin, end));
  }

  private NestingWriter open(String stream) {
    return new NestingWriter(() -> PastSpans.open(stream, 0).orElse(null), site, LANES);
  }

  @Override
  public void next(long now) {
    for (Pause pause : pauses) {
      String collection = collections.get(pause.collection());
      String name = collection == null ? pause.name() : pause.name() + " " + collection;
      add(GC, name, pause.beginTicks(), pause.endTicks());
    }
    pauses.clear();
    collections.clear();
    streams.values().forEach(NestingWriter::write);
    events.record();
    events = new PastEvents();
  }

  @Override
  public void close() {
    streams.values().forEach(NestingWriter::close);
  }
}
