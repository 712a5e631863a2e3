package micromegas.tracing.jfr;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import micromegas.tracing.BoundedNames;
import micromegas.tracing.Level;
import micromegas.tracing.Log;
import micromegas.tracing.Name;
import micromegas.tracing.NamedAsyncSpanSite;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.PastEvents;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Sites;
import org.jspecify.annotations.Nullable;

/// Threads that wait: spans in a stream of the thread, `NAME (jvm)`; async spans for virtual
/// threads, and for those beyond the number of streams. Who was waited for, and where, is a log.
final class WaitEvents implements EventReader {
  static final String SUFFIX = " (jvm)";

  /// Streams of a thread: one more than is needed for waits that nest and come in order.
  private static final int LANES = 2;

  private final Log log = Log.of("jvm.wait");
  private final NamedAsyncSpanSite async = Sites.of("jvm", "", 0).namedAsyncSpan();
  private final Map<JfrKind, BoundedNames> names = new EnumMap<>(JfrKind.class);
  private final ThreadStreams<NestingWriter> streams;
  private final Stacks stacks;
  private final SplittableRandom ids = new SplittableRandom();
  private PastEvents events = new PastEvents();

  WaitEvents(JfrSettings settings) {
    NamedSpanSite site = Sites.of("jvm", "", 0).namedSpan();
    streams =
        new ThreadStreams<>(
            settings.threads(),
            SUFFIX,
            opener -> new NestingWriter(opener, site, LANES),
            NestingWriter::close);
    stacks = new Stacks(settings.stackDepth());
    for (JfrKind kind : JfrKind.values()) {
      names.put(kind, new BoundedNames(settings.names(), kind.text() + " (other)"));
    }
  }

  @Override
  public void read(JfrKind kind, RecordedEvent event, ClockOffset clock) {
    RecordedThread thread = event.getThread();
    BoundedNames known = names.get(kind);
    if (thread == null || known == null || Threads.isOwn(thread)) {
      return;
    }
    String what = what(event);
    Name name = known.of(what);
    long begin = clock.ticks(event.getStartTime());
    long end = clock.ticks(event.getEndTime());
    Optional<NestingWriter> stream =
        Threads.isVirtual(thread) ? Optional.empty() : streams.of(thread);
    if (stream.isPresent()) {
      stream.get().add(new PastSpan(name, begin, end));
    } else {
      events.span(async, name, newId(), 0, 0, begin, end);
    }
    if (kind != JfrKind.PARK && log.isOn(Level.DEBUG)) {
      events.log(log, Level.DEBUG, end, text(what, event, thread), PropertySet.EMPTY);
    }
  }

  /// Far from those that the library counts up.
  private long newId() {
    return ids.nextLong() >>> 2 | 1L << 62;
  }

  private static String what(RecordedEvent event) {
    return switch (event.getEventType().getName()) {
      case "jdk.JavaMonitorEnter" -> "enter monitor " + type(event, "monitorClass");
      case "jdk.JavaMonitorWait" -> "wait in monitor " + type(event, "monitorClass");
      case "jdk.ThreadPark" -> "park " + type(event, "parkedClass");
      case "jdk.ThreadSleep" -> "sleep";
      case "jdk.VirtualThreadPinned" -> "pinned";
      case "jdk.FileRead" -> "read file " + path(event);
      case "jdk.FileWrite" -> "write file " + path(event);
      case "jdk.FileForce" -> "force file " + path(event);
      case "jdk.SocketRead" -> "read socket " + peer(event);
      case "jdk.SocketWrite" -> "write socket " + peer(event);
      case "jdk.ZAllocationStall" -> "wait for memory";
      default -> throw new IllegalArgumentException(event.getEventType().getName());
    };
  }

  private static String type(RecordedEvent event, String field) {
    @Nullable RecordedClass type = event.getClass(field);
    return Classes.name(type);
  }

  /// Unknown for streams of descriptors, such as those of standard output and of pipes.
  private static String path(RecordedEvent event) {
    @Nullable String path = event.getString("path");
    return path == null || path.isEmpty() ? "(unknown)" : path;
  }

  private static String peer(RecordedEvent event) {
    @Nullable String host = event.getString("host");
    return (host == null || host.isEmpty() ? event.getString("address") : host)
        + ":"
        + event.getInt("port");
  }

  private String text(String what, RecordedEvent event, RecordedThread thread) {
    Duration duration = event.getDuration();
    StringBuilder text = new StringBuilder(what);
    text.append(String.format(Locale.ROOT, ", %.1f ms, ", duration.toNanos() / 1e6));
    text.append(Threads.name(thread));
    RecordedThread owner =
        event.hasField("previousOwner") ? event.getThread("previousOwner") : null;
    if (owner != null) {
      text.append(", held by ").append(Threads.name(owner));
    }
    append(text, ", ", event, "pinnedReason");
    append(text, " in ", event, "blockingOperation");
    String stack = stacks.folded(event);
    return stack.isEmpty() ? text.toString() : text.append('\n').append(stack).toString();
  }

  /// What only some versions of the JVM say.
  private static void append(StringBuilder to, String before, RecordedEvent event, String field) {
    @Nullable String value = event.hasField(field) ? event.getString(field) : null;
    if (value != null && !value.isEmpty()) {
      to.append(before).append(value);
    }
  }

  @Override
  public void next(long now) {
    streams.forEach(NestingWriter::write);
    streams.next();
    events.record();
    events = new PastEvents();
  }

  @Override
  public void close() {
    streams.close();
  }
}
