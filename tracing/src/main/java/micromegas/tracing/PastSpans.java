package micromegas.tracing;

import java.util.Map;
import java.util.Optional;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.PastStream;
import micromegas.tracing.record.Recording;

/// A stream of spans that happened before they are recorded: for what another recorder of the same
/// process has seen, such as pauses of the garbage collector. Servers show it like a thread.
///
/// ```java
/// PastSpans pauses = PastSpans.open("jvm-gc", 0).orElseThrow();
/// pauses.begin(SITE, Name.of("G1 Pause"), beginTicks);
/// pauses.end(endTicks);
/// ```
///
/// Spans that overlap without nesting, logs and metrics belong into [PastEvents]. Ticks are those
/// of [Ticks#now]. They must not go back; if they do, those of the event before are taken. Begins
/// and ends always match. Belongs to the telemetry that runs when it is opened; does nothing after
/// its end. Thread-safe; each event takes a lock.
public final class PastSpans implements AutoCloseable {
  private final PastStream stream;

  private PastSpans(PastStream stream) {
    this.stream = stream;
  }

  /// A new stream; empty when no telemetry runs.
  ///
  /// @param threadName what the stream is called
  /// @param threadId of the thread it tells of, or 0; its lower 32 bits count
  public static Optional<PastSpans> open(String threadName, long threadId) {
    Engine engine = Recording.engine();
    if (engine == null) {
      return Optional.empty();
    }
    Map<String, String> properties =
        Map.of(
            "thread-name",
            String.valueOf(threadName).replace("\0", ""),
            "thread-id",
            Long.toString(threadId & 0xffff_ffffL));
    return Optional.of(new PastSpans(engine.newPastStream(properties)));
  }

  /// Begins a span inside those that are open.
  ///
  /// @return whether it is recorded; only then [#end] belongs to it
  public boolean begin(SpanSite site, long ticks) {
    return site != null && stream.begin(site.id(), null, ticks);
  }

  /// Begins a span inside those that are open.
  ///
  /// @return whether it is recorded; only then [#end] belongs to it
  public boolean begin(NamedSpanSite site, Name name, long ticks) {
    return site != null && stream.begin(site.id(), Name.reference(name), ticks);
  }

  /// Ends the innermost open span.
  public void end(long ticks) {
    stream.end(ticks);
  }

  /// Number of open spans.
  public int depth() {
    return stream.depth();
  }

  /// Ends all open spans at the last event; nothing is recorded any more.
  @Override
  public void close() {
    stream.close();
  }
}
