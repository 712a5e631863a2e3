package micromegas.tracing.jfr;

import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import micromegas.tracing.IntMetric;
import micromegas.tracing.Level;
import micromegas.tracing.Log;
import micromegas.tracing.PastEvents;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Sites;
import org.jspecify.annotations.Nullable;

/// Errors and exceptions that were thrown, whether or not anybody caught them: logs at *debug* with
/// the folded stack. How many there were is the metric `jvm_throwables`.
final class ThrowEvents implements EventReader {
  private final Log log = Log.of("jvm.throw");
  private final IntMetric throwables = Sites.of("jvm", "", 0).intMetric("jvm_throwables", "count");
  private final Stacks stacks;
  private PastEvents events = new PastEvents();

  ThrowEvents(JfrSettings settings) {
    stacks = new Stacks(settings.stackDepth());
  }

  @Override
  public void read(JfrKind kind, RecordedEvent event, ClockOffset clock) {
    long ticks = clock.ticks(event.getStartTime());
    if (event.hasField("throwables")) {
      events.metric(throwables, event.getLong("throwables"), PropertySet.EMPTY, ticks);
      return;
    }
    if (Threads.isOfOwn(event)) {
      return;
    }
    @Nullable RecordedClass type = event.getClass("thrownClass");
    @Nullable String message = event.getString("message");
    StringBuilder text = new StringBuilder(Classes.name(type));
    if (message != null) {
      text.append(": ").append(message);
    }
    text.append('\n').append(stacks.foldedToThrow(event, type));
    events.log(log, Level.DEBUG, ticks, text.toString(), PropertySet.EMPTY);
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
