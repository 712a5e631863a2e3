package micromegas.lakehouse.fresh;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import micromegas.common.CorruptDataException;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.chains.Chain;
import micromegas.lakehouse.chains.ChainProcessor;
import micromegas.lakehouse.chains.ChainRepairs;
import micromegas.lakehouse.chains.ChainRows;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.view.ColumnType;
import micromegas.lakehouse.view.InstanceIds;
import micromegas.lakehouse.view.SchemaBuilder;
import micromegas.lakehouse.view.SchemaHashes;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewId;
import micromegas.lakehouse.view.ViewMaker;
import micromegas.lakehouse.view.ViewSchema;
import micromegas.lakehouse.view.ViewSource;
import micromegas.query.EventTimeColumns;
import micromegas.transit.StreamInfo;

/// A view set with one row per chain (`begin`, `end`, `blocks`, `objects`), and a second one row
/// per object of the chain, all written when the chain ends.
record CountedChains(String viewSet, ViewSource.ChainScope scope, AtomicInteger decoded)
    implements ViewMaker {

  private static final ViewSchema SCHEMA =
      new ViewSchema(
          new SchemaBuilder()
              .required(ColumnType.TIMESTAMP, "begin", "end")
              .required(ColumnType.INT64, "blocks", "objects")
              .build(),
          SchemaHashes.constant(1),
          new EventTimeColumns("begin", "end"));

  @Override
  public ViewSchema schema() {
    return SCHEMA;
  }

  @Override
  public View make(String instanceId) {
    return new View(
        new ViewId(viewSet, InstanceIds.canonical(instanceId)),
        SCHEMA,
        new ViewSource.Chains(
            scope, StreamInfo.TRANSIT_FORMAT, new Counter(decoded), Optional.of("begin")),
        Optional.empty());
  }

  private record Counter(AtomicInteger decoded) implements ChainProcessor<long[]> {
    @Override
    public int version() {
      return 1;
    }

    @Override
    public long[] decode(
        SourceBlock block, byte[] payload, TickConverter clock, DecodeScratch scratch) {
      decoded.incrementAndGet();
      if (new String(payload, StandardCharsets.UTF_8).startsWith("corrupt")) {
        throw new CorruptDataException("a corrupt block");
      }
      return new long[] {
        clock.relativeToNanos(block.block().info().beginTicks()),
        clock.relativeToNanos(block.block().info().endTicks()),
        block.block().info().nbObjects()
      };
    }

    @Override
    public ChainRows<long[]> rows(Path scratch) {
      return new Rows();
    }
  }

  private static final class Rows implements ChainRows<long[]> {
    private long begin;
    private long end;
    private long blocks;
    private long objects;
    private boolean pending;

    @Override
    public void begin(Chain chain, TickConverter clock) {
      begin = clock.relativeToNanos(chain.first().block().info().beginTicks());
      end = Long.MIN_VALUE;
      blocks = 0;
      objects = 0;
    }

    @Override
    public void add(SourceBlock block, long[] events, ColumnBatch out) {
      out.widen(events[0], events[1]);
      end = Math.max(end, events[1]);
      blocks++;
      objects += events[2];
    }

    @Override
    public ChainRepairs end() {
      pending = objects > 0;
      return ChainRepairs.NONE;
    }

    @Override
    public boolean drain(ColumnBatch out, int rows) {
      if (pending) {
        out.longs(0).append(begin);
        out.longs(1).append(end);
        out.longs(2).append(blocks);
        out.longs(3).append(objects);
      }
      pending = false;
      return false;
    }

    @Override
    public void close() {}
  }
}
