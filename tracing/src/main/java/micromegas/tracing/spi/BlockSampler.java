package micromegas.tracing.spi;

import java.time.Duration;

/// Decides which blocks of spans are sent. Logs, metrics and images are always sent; spans are most
/// of the volume, and most of them are of interest only around something that went wrong.
///
/// A block is asked about before it is compressed. [Verdict#HOLD] puts it into a bounded ring, as a
/// flight recorder does: it is asked about again after each cut, and sent when a later trigger
/// covers its time. When the ring is full the oldest block is dropped. What is dropped is counted
/// and reported as the metric `mm_sampled_out_events`.
///
/// A unit of work that was kept ([micromegas.tracing.WorkSite]) keeps all blocks of its time,
/// whatever the sampler says: its details are in them.
///
/// Blocks are kept or dropped whole. They are as long as the flush period, or shorter when a thread
/// records much; windows of time that are shorter than blocks keep more than was asked for.
///
/// Times are nanoseconds since 1970 on the clock of the blocks, which does not jump. All methods
/// are called by one thread at a time. A sampler that throws keeps the block.
@FunctionalInterface
public interface BlockSampler {

  /// What becomes of a block.
  enum Verdict {
    /// It is sent.
    KEEP,
    /// It waits for a trigger, as long as there is room.
    HOLD,
    /// It is gone, its memory is free.
    DROP
  }

  Verdict decide(SampledBlock block);

  /// Errors were logged, the first and the last of them at these times.
  default void severe(long firstNanos, long lastNanos) {}

  /// Whether [#rootSpan] is to be called; it costs a second walk over all spans.
  default boolean watchesRootSpans() {
    return false;
  }

  /// A span that has none around it has ended. Called before the blocks of its time are asked about
  /// again.
  ///
  /// @param site the same number for all spans of a call site
  default void rootSpan(long site, long beginNanos, long endNanos) {}

  /// Whether [#demand] changes anything.
  default boolean heedsDemands() {
    return false;
  }

  /// Somebody wants everything from so long ago until so long from now, for a reason that no
  /// sampler can see. On any thread, unlike the others.
  default void demand(Duration before, Duration after) {}

  /// Keeps what either keeps, and holds what either holds.
  default BlockSampler or(BlockSampler other) {
    return new EitherSampler(this, other);
  }

  /// What a setting says: `all`, `off`, `ratio(0.01,10m)`, `heartbeat(2m,5s)`, `errors(30s,5s)`,
  /// `spikes(1.5,2m)`, `ondemand(2m)` are the samplers below, with the same arguments; `|` between
  /// them is [#or]. Durations have one of the units `ms`, `s`, `m`, `h`, `d`.
  ///
  /// @throws IllegalArgumentException for anything else; says what
  static BlockSampler parse(String text) {
    return SamplerParser.parse(text);
  }

  /// Sends everything; the default.
  static BlockSampler all() {
    return block -> Verdict.KEEP;
  }

  /// Sends no spans, except those of units of work that were kept.
  static BlockSampler off() {
    return block -> Verdict.DROP;
  }

  /// Keeps a part of all windows of time. Which ones depends on the time alone, so processes with
  /// the same arguments keep the same windows, and traces across them are whole.
  ///
  /// @param part of the windows, 0 to 1
  /// @throws IllegalArgumentException for other parts, and for a window below 1 ms
  static BlockSampler ratio(double part, Duration window) {
    return TimeWindows.ratio(part, window);
  }

  /// Keeps a window of time at the begin of each period.
  ///
  /// @throws IllegalArgumentException for a length below 1 ms or above the period
  static BlockSampler heartbeat(Duration period, Duration length) {
    return TimeWindows.heartbeat(period, length);
  }

  /// Keeps the time of root spans that took far longer than those of their call site mostly do.
  ///
  /// @param factor of the running mean, above 1
  /// @param memory how long blocks wait for the end of such a span
  /// @throws IllegalArgumentException for a factor of 1 or less
  static BlockSampler latencySpikes(double factor, Duration memory) {
    return new LatencySpikes(factor, memory);
  }

  /// Keeps the time around logs at *error* and above.
  static BlockSampler aroundErrors(Duration before, Duration after) {
    return new AroundErrors(before, after);
  }

  /// Keeps what the program asks for.
  ///
  /// @param memory how far [OnDemandSampler#keepLast] can look back
  static OnDemandSampler onDemand(Duration memory) {
    return new OnDemandSampler(memory);
  }
}
