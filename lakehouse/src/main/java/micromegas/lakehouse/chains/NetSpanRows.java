package micromegas.lakehouse.chains;

import java.nio.charset.StandardCharsets;
import micromegas.lakehouse.blocks.NetBlock;
import micromegas.lakehouse.blocks.NetSpanKind;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;

/// Accounts the bits of network spans (`views.md` 7): a row per span that ends, children before
/// their parents. Ends that do not close the innermost span are ignored; spans that are open at the
/// end of a chain make no row.
final class NetSpanRows implements ChainRows<NetBlock> {
  private static final byte[] NOTHING = {};

  private final OpenNetSpans open = new OpenNetSpans();

  @Override
  public void begin(Chain chain, TickConverter clock) {
    open.clear();
  }

  @Override
  public void add(SourceBlock block, NetBlock events, ColumnBatch out) {
    Rows rows = new Rows(block, out);
    long offset = block.block().info().objectOffset();
    BytesColumn names = events.names();
    for (int event = 0; event < events.size(); event++) {
      int name = events.name(event);
      long time = events.time(event);
      switch (events.action(event)) {
        case BEGIN ->
            open.push(
                events.kind(event),
                offset + events.position(event),
                events.isOutgoing(event),
                time,
                names.data(),
                names.begin(name),
                names.end(name) - names.begin(name));
        case END -> {
          int span = open.pop(events.kind(event));
          if (span >= 0) {
            long bits = events.bits(event);
            rows.span(span, open.consume(bits), bits, time);
          }
        }
        case PROPERTY -> {
          long bits = events.bits(event);
          rows.property(
              offset + events.position(event), names, name, open.consume(bits), bits, time);
        }
      }
    }
    rows.finish();
  }

  @Override
  public ChainRepairs end() {
    ChainRepairs repairs = new ChainRepairs(0, 0, open.strayEnds(), 0, open.leftOut());
    open.clear();
    return repairs;
  }

  @Override
  public boolean drain(ColumnBatch out, int rows) {
    return false;
  }

  @Override
  public void close() {
    open.clear();
  }

  /// Appends the rows of one block.
  private final class Rows {
    private final SourceBlock block;
    private final ColumnBatch out;
    private final DictionaryColumn names;
    private final DictionaryColumn connections;
    private final int first;

    Rows(SourceBlock block, ColumnBatch out) {
      this.block = block;
      this.out = out;
      this.names = out.dictionary(NetSpanColumns.NAME);
      this.connections = out.dictionary(NetSpanColumns.CONNECTION_NAME);
      this.first = out.longs(NetSpanColumns.SPAN_ID).size();
    }

    /// A span that was taken off the stack.
    void span(int span, long beginBits, long bits, long endNanos) {
      names.appendIndex(names.intern(open.names(), open.nameBegin(span), open.nameLength(span)));
      // The outermost span is that of the connection; the span itself when nothing is around it.
      connection(open.isEmpty() ? span : 0);
      row(open.id(span), open.parent(span), open.depth(span), open.kind(span));
      bits(beginBits, bits);
      times(open.begin(span), endNanos);
    }

    void property(long id, BytesColumn source, int name, long beginBits, long bits, long nanos) {
      int begin = source.begin(name);
      names.appendIndex(names.intern(source.data(), begin, source.end(name) - begin));
      connection(open.isEmpty() ? -1 : 0);
      boolean inside = !open.isEmpty();
      row(
          id,
          inside ? open.id(open.top()) : -1,
          inside ? open.depth(open.top()) + 1 : 0,
          NetSpanKind.PROPERTY);
      bits(beginBits, bits);
      times(nanos, nanos);
    }

    /// @param span the connection, if it is one; -1 for none
    private void connection(int span) {
      boolean known = span >= 0 && open.kind(span) == NetSpanKind.CONNECTION;
      connections.appendIndex(
          known
              ? connections.intern(open.names(), open.nameBegin(span), open.nameLength(span))
              : connections.intern(NOTHING));
      out.ints(NetSpanColumns.IS_OUTGOING).append(known && open.isOutgoing(span) ? 1 : 0);
    }

    private void row(long id, long parent, int depth, NetSpanKind kind) {
      out.longs(NetSpanColumns.SPAN_ID).append(id);
      out.longs(NetSpanColumns.PARENT_SPAN_ID).append(parent);
      out.ints(NetSpanColumns.DEPTH).append(depth);
      DictionaryColumn kinds = out.dictionary(NetSpanColumns.KIND);
      kinds.appendIndex(kinds.intern(kind.utf8()));
    }

    private void bits(long begin, long size) {
      out.longs(NetSpanColumns.BEGIN_BITS).append(begin);
      out.longs(NetSpanColumns.END_BITS).append(begin + size);
      out.longs(NetSpanColumns.BIT_SIZE).append(size);
    }

    private void times(long begin, long end) {
      out.longs(NetSpanColumns.BEGIN_TIME).append(begin);
      out.longs(NetSpanColumns.END_TIME).append(end);
    }

    void finish() {
      int count = out.longs(NetSpanColumns.SPAN_ID).size() - first;
      if (count > 0) {
        run(NetSpanColumns.PROCESS_ID, block.block().info().processId().toString(), count);
        run(NetSpanColumns.STREAM_ID, block.block().info().streamId().toString(), count);
        out.widenBy(out.longs(NetSpanColumns.BEGIN_TIME), first);
        out.widenBy(out.longs(NetSpanColumns.END_TIME), first);
      }
    }

    private void run(int column, String value, int count) {
      DictionaryColumn dictionary = out.dictionary(column);
      dictionary.appendRun(dictionary.intern(value.getBytes(StandardCharsets.UTF_8)), count);
    }
  }
}
