package micromegas.tracing.jfr;

import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import micromegas.tracing.Level;
import micromegas.tracing.Log;
import micromegas.tracing.PastEvents;
import micromegas.tracing.PropertySet;
import org.jspecify.annotations.Nullable;

/// Errors and exceptions that were thrown, whether or not anybody caught them: logs at *debug* with
/// the folded stack.
final class ThrowEvents implements EventReader {
  private final Log log = Log.of("jvm.throw");
  private final Stacks stacks;
  private PastEvents events = new PastEvents();

  ThrowEvents(JfrSettings settings) {
    stacks = new Stacks(settings.stackDepth());
  }

  @Override
  public void read(JfrKind kind, RecordedEvent event, ClockOffset clock) {
    @Nullable RecordedClass type = event.getClass("thrownClass");
    @Nullable String message = event.getString("message");
    StringBuilder text = new StringBuilder(Classes.name(type));
    if (message != null) {
      text.append(": ").append(message);
    }
    text.append('\n').append(stacks.folded(event));
    long ticks = clock.ticks(event.getStartTime());
    events.log(log, Level.DEBUG, ticks, text.toString(), PropertySet.EMPTY);
  }

  @Override
  public void next(long now) {
    events.record();
    events = new PastEvents();
  }

  @Override
  public void close() {}
}
