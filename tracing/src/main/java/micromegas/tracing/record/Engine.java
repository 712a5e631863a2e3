package micromegas.tracing.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.tracing.clock.TickClock;
import micromegas.transit.EventRecords;
import org.jspecify.annotations.Nullable;

/// The buffers of one run of telemetry, from its start to its close. Thread-safe; recording methods
/// do not block and throw nothing.
public final class Engine {
  private static final int SEVERE = 2;

  /// Tries of the reader to take a stripe of a unit of work that has ended: 10 ms.
  private static final int PATIENCE = 200 + Stripes.SPINS;

  private final Limits limits;
  private final Signals signals;
  private final ChunkPool pool;
  private final Losses losses = new Losses();
  private final AtomicLong nextSpanId = new AtomicLong(1);
  private final Stripes logs;
  private final Stripes metrics;
  private final Stripes spans;
  private final Stripes images;
  private final Queue<ThreadStream> newStreams = new ConcurrentLinkedQueue<>();
  private final Queue<PastStream> newPastStreams = new ConcurrentLinkedQueue<>();
  private final Queue<Kept> kept = new ConcurrentLinkedQueue<>();
  private final Queue<KeptTime> keptTimes = new ConcurrentLinkedQueue<>();
  private final Queue<Unclosed> unclosed = new ConcurrentLinkedQueue<>();
  private final Set<Work> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicInteger recorders = new AtomicInteger();
  private final long startTicks = TickClock.now();

  /// Events that come beside the shared buffers: details of a unit of work that has been kept, and
  /// those that happened before they are recorded.
  ///
  /// @param logs chains of chunks
  /// @param metrics chains of chunks
  /// @param spans chains of chunks with async spans
  public record Kept(List<Chunk> logs, List<Chunk> metrics, List<Chunk> spans) {}

  /// A buffer of a unit of work that has its verdict, while one of its writers is still at work.
  private record Unclosed(Stripes buffer, boolean isLogs, boolean keep) {}

  /// From the begin of a unit of work to the verdict that kept it.
  public record KeptTime(long beginTicks, long endTicks) {}

  public Engine(Limits limits, Signals signals) {
    this.limits = limits;
    this.signals = signals;
    this.pool = new ChunkPool(limits.chunkBytes());
    int count = Stripes.suitableCount(Runtime.getRuntime().availableProcessors());
    this.logs = stripes(count, Loss.LOGS, Integer.MAX_VALUE);
    this.metrics = stripes(count, Loss.METRICS, Integer.MAX_VALUE);
    this.spans = stripes(count, Loss.ASYNC_SPANS, Integer.MAX_VALUE);
    this.images = stripes(1, Loss.IMAGES, Integer.MAX_VALUE);
  }

  private Stripes stripes(int count, Loss loss, int maxBytes) {
    return new Stripes(count, pool, signals, nextSpanId, losses, loss, maxBytes);
  }

  /// When recording began.
  public long startTicks() {
    return startTicks;
  }

  public Limits limits() {
    return limits;
  }

  public ChunkPool pool() {
    return pool;
  }

  public Losses losses() {
    return losses;
  }

  Signals signals() {
    return signals;
  }

  public Stripes logs() {
    return logs;
  }

  public Stripes metrics() {
    return metrics;
  }

  /// The async spans of virtual threads, and of threads without a recorder.
  public Stripes spans() {
    return spans;
  }

  public Stripes images() {
    return images;
  }

  // ---- recording

  /// A sample of the library about itself; recorded also while metrics are off, and when memory has
  /// run out for all others. It is not counted as lost when it is not recorded.
  ///
  /// @return whether it was recorded
  public boolean report(long descriptor, @Nullable Reference properties, long value) {
    long bits = value < 0 ? Double.doubleToRawLongBits(value) : value;
    return metrics.report(value < 0, descriptor, properties, bits);
  }

  void integerMetric(long descriptor, @Nullable Reference properties, long value) {
    // Readers take integers as unsigned (R11).
    if (value < 0) {
      floatMetric(descriptor, properties, value);
    } else if (properties == null) {
      metrics.metric(EventRecords.INTEGER_METRIC, descriptor, value);
    } else {
      metrics.taggedMetric(EventRecords.TAGGED_INTEGER_METRIC, descriptor, properties, value);
    }
  }

  void floatMetric(long descriptor, @Nullable Reference properties, double value) {
    long bits = Double.doubleToRawLongBits(value);
    if (properties == null) {
      metrics.metric(EventRecords.FLOAT_METRIC, descriptor, bits);
    } else {
      metrics.taggedMetric(EventRecords.TAGGED_FLOAT_METRIC, descriptor, properties, bits);
    }
  }

  /// @param level as on the wire
  /// @param text null for the constant text of the descriptor; then there are no properties
  /// @param work where the event waits, or null
  void log(
      long descriptor,
      int level,
      @Nullable Reference properties,
      @Nullable String text,
      @Nullable Work work) {
    if (work != null) {
      if (work.isPending() && put(work.logs(), descriptor, level, properties, text)) {
        return;
      }
      if (work.isDropped()) {
        return;
      }
    }
    put(logs, descriptor, level, properties, text);
    signalIfSevere(level);
  }

  void signalIfSevere(int level) {
    if (level <= SEVERE) {
      signals.severe();
    }
  }

  private boolean put(
      Stripes to,
      long descriptor,
      int level,
      @Nullable Reference properties,
      @Nullable String text) {
    ChunkPool.Claim claim = claim(level);
    if (text == null) {
      return to.constantLog(descriptor, claim);
    }
    String fitting = fitting(text);
    return to.log(descriptor, properties, fitting, TextEncoder.length(fitting), claim);
  }

  /// @param level as on the wire
  static ChunkPool.Claim claim(int level) {
    return level <= SEVERE ? ChunkPool.Claim.SEVERE : ChunkPool.Claim.EVENTS;
  }

  /// The text, or as much of it as may be recorded.
  String fitting(String text) {
    return TextLimit.fitting(text, limits.maxTextBytes());
  }

  /// Takes over chains of events that happened before, each in the order of its ticks.
  void keep(Kept chains) {
    kept.add(chains);
  }

  /// Writes the begin of an async span.
  ///
  /// @return its id, or 0 when it is not recorded
  long beginAsyncSpan(
      long site, @Nullable Reference name, long parent, int depth, @Nullable Work work) {
    byte type = name == null ? EventRecords.BEGIN_ASYNC_SPAN : EventRecords.BEGIN_NAMED_ASYNC_SPAN;
    return asyncSpan(type, site, name, 0, parent, depth, work);
  }

  /// Writes the begin of an async span that began before.
  ///
  /// @param ticks of the begin
  void beginEarlierAsyncSpan(
      long site, Reference name, long id, long parent, int depth, long ticks, @Nullable Work work) {
    if (work != null) {
      if (work.isPending() && work.spans().earlierAsyncSpan(site, name, id, parent, depth, ticks)) {
        return;
      }
      if (work.isDropped()) {
        return;
      }
    }
    spans.earlierAsyncSpan(site, name, id, parent, depth, ticks);
  }

  void endAsyncSpan(
      long site, @Nullable Reference name, long id, long parent, int depth, @Nullable Work work) {
    byte type = name == null ? EventRecords.END_ASYNC_SPAN : EventRecords.END_NAMED_ASYNC_SPAN;
    asyncSpan(type, site, name, id, parent, depth, work);
  }

  /// @param id of the span, or 0 for a new one
  /// @return the id, or 0 when the event is not recorded
  long asyncSpan(
      byte type,
      long site,
      @Nullable Reference name,
      long id,
      long parent,
      int depth,
      @Nullable Work work) {
    if (work != null) {
      if (work.isPending()) {
        long result = work.spans().asyncSpan(type, site, name, id, parent, depth);
        if (result != Stripe.CLOSED) {
          return result;
        }
      }
      if (work.isDropped()) {
        return 0;
      }
    }
    return spans.asyncSpan(type, site, name, id, parent, depth);
  }

  /// The id of an async span whose begin is written later.
  long newSpanId() {
    return nextSpanId.getAndIncrement();
  }

  SpanIds newSpanIds() {
    return new SpanIds(nextSpanId);
  }

  void image(String name, String format, ByteBuffer content) {
    if (content.remaining() > limits.maxImageBytes()) {
      losses.add(Loss.IMAGES);
      return;
    }
    images.image(
        name.getBytes(StandardCharsets.UTF_8), format.getBytes(StandardCharsets.UTF_8), content);
  }

  // ---- units of work

  /// Begins a unit of work.
  ///
  /// @param detail the least severe level of logs that wait, as on the wire
  Work newWork(int detail) {
    return new Work(this, detail, TickClock.now());
  }

  /// Gives the verdict on a unit of work, unless it has one.
  public void decide(Work work, boolean keep) {
    if (keep && work.isPending()) {
      // Before the verdict: when the reader finds the details, it knows their time.
      keptTimes.add(new KeptTime(work.beginTicks(), TickClock.now()));
    }
    if (!work.decide(keep)) {
      return;
    }
    waiting.remove(work);
    close(work.waitingLogs(), true, keep);
    close(work.waitingSpans(), false, keep);
  }

  /// Closes a buffer of a unit of work that has its verdict. The thread that gives it does not wait
  /// for one that writes there; the reader does, later.
  void close(@Nullable Stripes buffer, boolean isLogs, boolean keep) {
    if (buffer != null && !tryClose(buffer, isLogs, keep, Stripes.SPINS)) {
      unclosed.add(new Unclosed(buffer, isLogs, keep));
    }
  }

  private boolean tryClose(Stripes buffer, boolean isLogs, boolean keep, int patience) {
    List<Chunk> chains = new ArrayList<>(1);
    boolean isClosed = buffer.close(patience, chains);
    if (!keep) {
      chains.forEach(this::give);
    } else if (!chains.isEmpty()) {
      kept.add(
          isLogs ? new Kept(chains, List.of(), List.of()) : new Kept(List.of(), List.of(), chains));
    }
    return isClosed;
  }

  private void give(Chunk chain) {
    Chunk chunk = chain;
    while (chunk != null) {
      Chunk next = chunk.next();
      pool.give(chunk);
      chunk = next;
    }
  }

  /// A buffer for what waits for the verdict on `work`.
  Stripes waitingStripes(Work work) {
    waiting.add(work);
    return stripes(1, Loss.DETAILS, limits.workBytes());
  }

  void waitsNoMore(Work work) {
    waiting.remove(work);
  }

  /// Keeps units of work that began before, because they may never end.
  public void keepOlderThan(long ticks) {
    for (Work work : waiting) {
      if (work.beginTicks() - ticks < 0) {
        decide(work, true);
      }
    }
  }

  // ---- threads

  void register(ThreadStream stream) {
    recorders.incrementAndGet();
    newStreams.add(stream);
  }

  /// Size of the chunks of threads: many recorders share a quarter of the memory when all idle.
  int threadChunkBytes() {
    long each = limits.chunkBytes() / 4 / Math.max(1, recorders.get());
    return each >= ChunkPool.LARGE
        ? ChunkPool.LARGE
        : each >= ChunkPool.MEDIUM ? ChunkPool.MEDIUM : ChunkPool.SMALL;
  }

  // ---- what others have recorded

  /// A stream for spans that have happened already.
  ///
  /// @param properties of the stream
  public PastStream newPastStream(Map<String, String> properties) {
    PastStream stream = new PastStream(this, properties);
    newPastStreams.add(stream);
    return stream;
  }

  // ---- reading, by one thread

  /// A stream that was not read before, or null.
  public @Nullable ThreadStream pollNewStream() {
    return newStreams.poll();
  }

  /// A stream of past spans that was not read before, or null.
  public @Nullable PastStream pollNewPastStream() {
    return newPastStreams.poll();
  }

  /// When a unit of work that was kept went on, or null.
  public @Nullable KeptTime pollKeptTime() {
    return keptTimes.poll();
  }

  /// Closes what could not be closed when units of work ended.
  public void closeRest() {
    for (int left = unclosed.size(); left > 0; left--) {
      Unclosed rest = unclosed.poll();
      if (rest != null && !tryClose(rest.buffer(), rest.isLogs(), rest.keep(), PATIENCE)) {
        unclosed.add(rest);
      }
    }
  }

  /// What was kept, or null.
  public @Nullable Kept pollKept() {
    return kept.poll();
  }

  /// A finished stream has been released.
  public void forget(ThreadStream stream) {
    stream.release(pool);
    recorders.decrementAndGet();
  }
}
