package micromegas.tracing.jfr;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import jdk.jfr.consumer.RecordedThread;
import micromegas.tracing.PastSpans;
import org.jspecify.annotations.Nullable;

/// Streams of threads: so many, and those that were not used for a while end. Used by one thread.
final class ThreadStreams<T> {
  /// Deliveries without an event after which a stream ends.
  private static final int IDLE_DELIVERIES = 60;

  private final int max;
  private final String suffix;
  private final StreamMaker<T> maker;
  private final Consumer<T> closer;
  private final Map<Long, Entry<T>> entries = new HashMap<>();
  private long delivery;

  private static final class Entry<T> {
    final T stream;
    long lastUse;

    Entry(T stream) {
      this.stream = stream;
    }
  }

  /// @param suffix of the names of the threads
  ThreadStreams(int max, String suffix, StreamMaker<T> maker, Consumer<T> closer) {
    this.max = max;
    this.suffix = suffix;
    this.maker = maker;
    this.closer = closer;
  }

  /// The stream of a thread; empty when there are too many, or no telemetry runs.
  Optional<T> of(RecordedThread thread) {
    long id = thread.getJavaThreadId();
    Entry<T> known = entries.get(id);
    if (known == null) {
      known = open(thread, id);
    }
    if (known == null) {
      return Optional.empty();
    }
    known.lastUse = delivery;
    return Optional.of(known.stream);
  }

  private @Nullable Entry<T> open(RecordedThread thread, long id) {
    if (entries.size() >= max) {
      return null;
    }
    String name = Threads.name(thread) + suffix;
    Supplier<@Nullable PastSpans> opener = () -> PastSpans.open(name, id).orElse(null);
    T stream = maker.make(opener);
    if (stream == null) {
      return null;
    }
    Entry<T> entry = new Entry<>(stream);
    entries.put(id, entry);
    return entry;
  }

  void forEach(Consumer<T> action) {
    entries.values().forEach(entry -> action.accept(entry.stream));
  }

  /// A delivery is over: streams that are idle end.
  void next() {
    delivery++;
    for (Iterator<Entry<T>> all = entries.values().iterator(); all.hasNext(); ) {
      Entry<T> entry = all.next();
      if (delivery - entry.lastUse > IDLE_DELIVERIES) {
        closer.accept(entry.stream);
        all.remove();
      }
    }
  }

  void close() {
    forEach(closer);
    entries.clear();
  }
}
