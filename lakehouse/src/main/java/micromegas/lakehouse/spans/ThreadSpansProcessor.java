package micromegas.lakehouse.spans;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.SpanEvents;
import micromegas.lakehouse.blocks.ThreadSpanReader;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.chains.ChainProcessor;
import micromegas.lakehouse.chains.ChainRows;
import micromegas.lakehouse.chains.GrowingRows;
import micromegas.transit.StreamInfo;

/// Chains of native `cpu` blocks to the rows of `thread_spans` ([ThreadSpanColumns]; `views.md` 5):
/// one call tree per chain. The event-time bounds are those of the blocks.
public final class ThreadSpansProcessor implements ChainProcessor<SpanEvents> {
  private static final int VERSION = 1;

  /// Rows in memory of a chain that grows.
  private static final int GROWING_ROWS = 1 << 15;

  private final ThreadSpanReader reader = new ThreadSpanReader();
  private final SpanLimits limits;
  private final int settledRows;

  public ThreadSpansProcessor(SpanLimits limits) {
    this(limits, ThreadSpanRows.SETTLED_ROWS);
  }

  /// @param settledRows rows of a chain that grows that make a file of their own
  ThreadSpansProcessor(SpanLimits limits, int settledRows) {
    this.limits = limits;
    this.settledRows = settledRows;
  }

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  public SpanEvents decode(
      SourceBlock block, byte[] payload, TickConverter clock, DecodeScratch scratch) {
    return reader.read(block, payload, clock, scratch);
  }

  @Override
  public ChainRows<SpanEvents> rows(Path scratch) {
    return new ThreadSpanRows(new CallTree(scratch, limits), settledRows);
  }

  /// With little in memory, since many threads may grow at a time.
  @Override
  public Optional<GrowingRows<SpanEvents>> growing(Path scratch) {
    SpanLimits few =
        new SpanLimits(Math.min(GROWING_ROWS, limits.memoryRows()), limits.maxOpenSpans());
    return Optional.of(new ThreadSpanRows(new CallTree(scratch, few), settledRows));
  }

  /// How people know the thread: its name and id, or the id alone (`views.md` 5.3).
  static String threadName(StreamInfo stream) {
    Map<String, String> properties = stream.properties();
    String id = properties.getOrDefault("thread-id", stream.streamId().toString());
    String name = properties.get("thread-name");
    return name == null ? id : name + "-" + id;
  }
}
