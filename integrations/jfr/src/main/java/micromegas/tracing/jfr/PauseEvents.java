package micromegas.tracing.jfr;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import micromegas.tracing.BoundedNames;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.PastSpans;
import micromegas.tracing.Sites;
import org.jspecify.annotations.Nullable;

/// Pauses of the whole JVM: the streams `jvm-gc` and `jvm-safepoint`. A pause of the collector is
/// named by collector and cause, its phases are spans inside it.
final class PauseEvents implements EventReader {
  static final String GC = "jvm-gc";
  static final String SAFEPOINT = "jvm-safepoint";

  private final NamedSpanSite site = Sites.of("jvm", "", 0).namedSpan();
  private final BoundedNames names;
  private final Map<JfrKind, NestingWriter> streams = new HashMap<>();
  private final List<Pause> pauses = new ArrayList<>();
  private final Map<Integer, String> collections = new HashMap<>();

  PauseEvents(int maxNames) {
    names = new BoundedNames(maxNames, "(other)");
  }

  /// A pause, until it is known which collection it belongs to.
  private record Pause(int collection, String name, long beginTicks, long endTicks) {}

  @Override
  public void read(JfrKind kind, RecordedEvent event, ClockOffset clock) {
    long begin = clock.ticks(event.getStartTime());
    long end = clock.ticks(event.getEndTime());
    switch (event.getEventType().getName()) {
      case "jdk.GarbageCollection" ->
          collections.put(
              event.getInt("gcId"),
              " " + event.getString("name") + " (" + event.getString("cause") + ")");
      case "jdk.GCPhasePause" ->
          pauses.add(new Pause(event.getInt("gcId"), event.getString("name"), begin, end));
      case "jdk.GCPhasePauseLevel1" -> add(JfrKind.GC, event.getString("name"), begin, end);
      case "jdk.SafepointBegin" -> add(JfrKind.SAFEPOINT, "reach safepoint", begin, end);
      case "jdk.ExecuteVMOperation" -> {
        if (event.getBoolean("safepoint")) {
          add(JfrKind.SAFEPOINT, "VM operation " + event.getString("operation"), begin, end);
        }
      }
      default -> throw new IllegalArgumentException(event.getEventType().getName());
    }
  }

  private void add(JfrKind kind, String name, long begin, long end) {
    NestingWriter stream = streams.computeIfAbsent(kind, this::open);
    if (stream != null) {
      stream.add(new PastSpan(names.of(name), begin, end));
    }
  }

  private @Nullable NestingWriter open(JfrKind kind) {
    return PastSpans.open(kind == JfrKind.GC ? GC : SAFEPOINT, 0)
        .map(spans -> new NestingWriter(spans, site))
        .orElse(null);
  }

  @Override
  public void next(long now) {
    for (Pause pause : pauses) {
      String collection = collections.getOrDefault(pause.collection(), "");
      add(JfrKind.GC, pause.name() + collection, pause.beginTicks(), pause.endTicks());
    }
    pauses.clear();
    collections.clear();
    streams.values().forEach(NestingWriter::write);
  }

  @Override
  public void close() {
    streams.values().forEach(NestingWriter::close);
  }
}
