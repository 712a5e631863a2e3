package micromegas.tracing.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
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
  private final UnitsOfWork works = new UnitsOfWork(this);
  private final AtomicInteger recorders = new AtomicInteger();
  private final long startTicks = TickClock.now();

  /// Events that come beside the shared buffers: details of a unit of work that has been kept, and
  /// those that happened before they are recorded.
  ///
  /// @param logs chains of chunks
  /// @param metrics chains of chunks
  /// @param spans chains of chunks with async spans
  public record Kept(List<Chunk> logs, List<Chunk> metrics, List<Chunk> spans) {}

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

  /// A buffer for details of one unit of work.
  Stripes newDetails() {
    return stripes(1, Loss.DETAILS, limits.workBytes());
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

  public UnitsOfWork works() {
    return works;
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
