package micromegas.tracing.jfr;

import java.util.HashMap;
import java.util.Map;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import micromegas.tracing.IntMetric;
import micromegas.tracing.Level;
import micromegas.tracing.Log;
import micromegas.tracing.PastEvents;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Sites;
import org.jspecify.annotations.Nullable;

/// Sampled allocations: the metric `jvm_allocation_sample`, in bytes that the sample stands for,
/// with the property `class`. Where it was is a log at *trace*.
final class AllocationEvents implements EventReader {
  private final Log log = Log.of("jvm.allocation");
  private final IntMetric bytes =
      Sites.of("jvm", "", 0).intMetric("jvm_allocation_sample", "bytes");
  private final Map<String, PropertySet> classes = new HashMap<>();
  private final PropertySet others = PropertySet.of("class", "(other)");
  private final int maxNames;
  private final Stacks stacks;
  private PastEvents events = new PastEvents();

  AllocationEvents(JfrSettings settings) {
    maxNames = settings.names();
    stacks = new Stacks(settings.stackDepth());
  }

  @Override
  public void read(JfrKind kind, RecordedEvent event, ClockOffset clock) {
    if (Threads.isOfOwn(event)) {
      return;
    }
    @Nullable RecordedClass type = event.getClass("objectClass");
    String name = Classes.name(type);
    long ticks = clock.ticks(event.getStartTime());
    long weight = event.getLong("weight");
    events.metric(bytes, weight, tags(name), ticks);
    if (log.isOn(Level.TRACE)) {
      String text = weight + " bytes for " + name + "\n" + stacks.folded(event);
      events.log(log, Level.TRACE, ticks, text, PropertySet.EMPTY);
    }
  }

  private PropertySet tags(String name) {
    PropertySet known = classes.get(name);
    if (known == null) {
      known = classes.size() < maxNames ? PropertySet.of("class", name) : others;
      if (known != others) {
        classes.put(name, known);
      }
    }
    return known;
  }

  @Override
  public void next(long now) {
    events.record();
    events = new PastEvents();
  }

  @Override
  public void close() {
    events.record();
  }
}
