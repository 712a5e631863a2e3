package micromegas.lakehouse.spans;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import micromegas.lakehouse.blocks.CallSiteHash;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.SpanEvents;
import micromegas.lakehouse.blocks.ThreadSpanReader;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.chains.Chain;
import micromegas.lakehouse.chains.ChainProcessor;
import micromegas.lakehouse.chains.ChainRepairs;
import micromegas.lakehouse.chains.ChainRows;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.transit.StreamInfo;

/// Chains of native `cpu` blocks to the rows of `thread_spans` ([ThreadSpanColumns]; `views.md` 5):
/// one call tree per chain. The event-time bounds are those of the blocks.
public final class ThreadSpansProcessor implements ChainProcessor<SpanEvents> {
  private static final int VERSION = 1;

  private final ThreadSpanReader reader = new ThreadSpanReader();
  private final SpanLimits limits;

  public ThreadSpansProcessor(SpanLimits limits) {
    this.limits = limits;
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
    return new Rows(new CallTree(scratch, limits));
  }

  /// How people know the thread: its name and id, or the id alone (`views.md` 5.3).
  static String threadName(StreamInfo stream) {
    Map<String, String> properties = stream.properties();
    String id = properties.getOrDefault("thread-id", stream.streamId().toString());
    String name = properties.get("thread-name");
    return name == null ? id : name + "-" + id;
  }

  private static final class Rows implements ChainRows<SpanEvents> {
    private final CallTree tree;
    private final CallTreeRows rows;
    private TickConverter clock = new TickConverter(0, 0, 1);
    private long chainEnd;
    private long lastBegin = Long.MIN_VALUE;

    Rows(CallTree tree) {
      this.tree = tree;
      this.rows = new CallTreeRows(tree);
    }

    @Override
    public void begin(Chain chain, TickConverter newClock) {
      clock = newClock;
      StreamInfo stream = chain.first().stream().info();
      String name = threadName(stream);
      tree.start(
          name.getBytes(StandardCharsets.UTF_8),
          CallSiteHash.of(name, "", "", 0),
          clock.relativeToNanos(chain.first().block().info().beginTicks()),
          clock.relativeToNanos(chain.last().block().info().endTicks()),
          lastBegin);
    }

    @Override
    public void add(SourceBlock block, SpanEvents events, ColumnBatch out) {
      long begin = clock.relativeToNanos(block.block().info().beginTicks());
      chainEnd = clock.relativeToNanos(block.block().info().endTicks());
      tree.add(events, block.block().info().objectOffset());
      out.widen(begin, Math.max(begin, Math.max(chainEnd, tree.lastTime())));
    }

    @Override
    public ChainRepairs end() {
      tree.finish(chainEnd);
      lastBegin = tree.lastBegin();
      rows.start();
      return tree.repairs();
    }

    @Override
    public boolean drain(ColumnBatch out, int limit) {
      return rows.drain(out, limit);
    }

    @Override
    public void close() {
      tree.close();
    }
  }
}
