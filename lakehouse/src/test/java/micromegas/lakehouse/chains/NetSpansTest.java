package micromegas.lakehouse.chains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import micromegas.common.CorruptDataException;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.NetBlock;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.blocks.UnrealNetBlocks;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.view.NetSpansViewMaker;
import org.junit.jupiter.api.Test;

class NetSpansTest {
  private static final TickConverter CLOCK = new TickConverter(0, 0, 1_000_000_000);
  private static final UUID STREAM = new UUID(3, 4);

  private final NetSpansProcessor processor = new NetSpansProcessor();
  private final DecodeScratch scratch = new DecodeScratch();

  record Row(
      long id,
      long parent,
      int depth,
      String kind,
      String name,
      String connection,
      boolean outgoing,
      long beginBits,
      long bits,
      long begin,
      long end) {}

  /// A block and its payload.
  record Made(SourceBlock source, byte[] payload) {}

  private static Made made(UnrealNetBlocks writer, long offset) {
    int events = writer.events();
    return new Made(
        UnrealNetBlocks.source(STREAM, offset, offset + events, offset, events), writer.finish());
  }

  private ChainRepairs repairs = ChainRepairs.NONE;

  private List<Row> rows(List<Made> chain) {
    ColumnBatch out = new ColumnBatch(new NetSpansViewMaker().schema().arrow());
    try (ChainRows<NetBlock> rows = processor.rows(Path.of("."))) {
      rows.begin(new Chain(chain.stream().map(Made::source).toList()), CLOCK);
      for (Made block : chain) {
        rows.add(
            block.source(), processor.decode(block.source(), block.payload(), CLOCK, scratch), out);
      }
      repairs = rows.end();
      assertThat(rows.drain(out, 1)).isFalse();
    }
    List<Row> made = new ArrayList<>();
    for (int row = 0; row < out.rows(); row++) {
      assertThat(text(out, NetSpanColumns.PROCESS_ID, row))
          .isEqualTo(UnrealNetBlocks.PROCESS.toString());
      assertThat(text(out, NetSpanColumns.STREAM_ID, row)).isEqualTo(STREAM.toString());
      long beginBits = out.longs(NetSpanColumns.BEGIN_BITS).get(row);
      long bits = out.longs(NetSpanColumns.BIT_SIZE).get(row);
      assertThat(out.longs(NetSpanColumns.END_BITS).get(row)).isEqualTo(beginBits + bits);
      made.add(
          new Row(
              out.longs(NetSpanColumns.SPAN_ID).get(row),
              out.longs(NetSpanColumns.PARENT_SPAN_ID).get(row),
              out.ints(NetSpanColumns.DEPTH).get(row),
              text(out, NetSpanColumns.KIND, row),
              text(out, NetSpanColumns.NAME, row),
              text(out, NetSpanColumns.CONNECTION_NAME, row),
              out.ints(NetSpanColumns.IS_OUTGOING).get(row) == 1,
              beginBits,
              bits,
              out.longs(NetSpanColumns.BEGIN_TIME).get(row),
              out.longs(NetSpanColumns.END_TIME).get(row)));
    }
    if (!made.isEmpty()) {
      assertThat(out.minEventNanos())
          .isEqualTo(made.stream().mapToLong(r -> Math.min(r.begin, r.end)).min().orElseThrow());
      assertThat(out.maxEventNanos())
          .isEqualTo(made.stream().mapToLong(r -> Math.max(r.begin, r.end)).max().orElseThrow());
    }
    return made;
  }

  private static String text(ColumnBatch batch, int column, int row) {
    DictionaryColumn dictionary = batch.dictionary(column);
    int index = dictionary.indices()[row];
    var values = dictionary.dictionary();
    return new String(
        Arrays.copyOfRange(values.data(), values.begin(index), values.end(index)),
        StandardCharsets.UTF_8);
  }

  @Test
  void unrealNetBlock() {
    UnrealNetBlocks writer = new UnrealNetBlocks();
    writer.beginConnection("c1", true, 100);
    writer.endConnection(77, 200);
    assertThat(rows(List.of(made(writer, 0))))
        .containsExactly(new Row(0, -1, 0, "connection", "c1", "c1", true, 0, 77, 100, 200));
  }

  @Test
  void bitsAreAccountedToParents() {
    UnrealNetBlocks writer = new UnrealNetBlocks();
    writer.beginConnection("c", false, 1); // 100
    writer.unknown(); // takes an id
    writer.beginObject("actor", 2); // 102
    writer.property("health", 8, 3); // 103
    writer.property("name", -1, 4); // 104: sizes are unsigned
    writer.beginObject("component", 5); // 105
    writer.endObject(10, 6);
    writer.endObject(50, 7);
    Made first = made(writer, 100);
    writer.beginRpc("fire", 8); // 108
    writer.endRpc(20, 9);
    writer.endConnection(90, 10);
    Made second = made(writer, 108);
    assertThat(rows(List.of(first, second)))
        .containsExactly(
            new Row(103, 102, 2, "property", "health", "c", false, 0, 8, 3, 3),
            new Row(104, 102, 2, "property", "name", "c", false, 8, 0xffffffffL, 4, 4),
            new Row(105, 102, 2, "object", "component", "c", false, 8 + 0xffffffffL, 10, 5, 6),
            new Row(102, 100, 1, "object", "actor", "c", false, 0, 50, 2, 7),
            new Row(108, 100, 1, "rpc", "fire", "c", false, 50, 20, 8, 9),
            new Row(100, -1, 0, "connection", "c", "c", false, 0, 90, 1, 10));
  }

  @Test
  void whatDoesNotMatchIsIgnored() {
    UnrealNetBlocks writer = new UnrealNetBlocks();
    writer.endObject(1, 1); // nothing is open
    writer.property("lost", 2, 2); // outside of everything
    writer.beginObject("root", 3);
    writer.beginRpc("inner", 4);
    writer.endObject(3, 5); // crosses the call
    writer.endRpc(4, 6);
    writer.endConnection(5, 7);
    writer.endObject(6, 8);
    writer.beginConnection("never ends", true, 9);
    writer.beginObject("in it", 9);
    writer.endObject(0, 9);
    assertThat(rows(List.of(made(writer, 0))))
        .containsExactly(
            new Row(1, -1, 0, "property", "lost", "", false, 0, 2, 2, 2),
            new Row(3, 2, 1, "rpc", "inner", "", false, 0, 4, 4, 6),
            new Row(2, -1, 0, "object", "root", "", false, 0, 6, 3, 8),
            new Row(9, 8, 1, "object", "in it", "never ends", true, 0, 0, 9, 9));
    assertThat(repairs).isEqualTo(new ChainRepairs(0, 0, 2, 0, 0));
  }

  @Test
  void chainsDoNotShareOpenSpans() {
    UnrealNetBlocks writer = new UnrealNetBlocks();
    writer.beginConnection("c", true, 1);
    Made begin = made(writer, 0);
    writer.endConnection(9, 2);
    Made end = made(writer, 1);
    assertThat(rows(List.of(begin, end))).hasSize(1);
    assertThat(rows(List.of(end))).isEmpty();
  }

  @Test
  void deepNestingIsBounded() {
    UnrealNetBlocks writer = new UnrealNetBlocks();
    int depth = OpenNetSpans.MAX_DEPTH + 1_000;
    for (int i = 0; i < depth; i++) {
      writer.beginObject("o", i);
    }
    for (int i = 0; i < depth; i++) {
      writer.endObject(1, depth + i);
    }
    List<Row> rows = rows(List.of(made(writer, 0)));
    assertThat(rows).hasSize(OpenNetSpans.MAX_DEPTH);
    assertThat(repairs).isEqualTo(new ChainRepairs(0, 0, 0, 0, 1_000));
    assertThat(rows.getFirst().depth()).isEqualTo(OpenNetSpans.MAX_DEPTH - 1);
    assertThat(rows.getLast())
        .isEqualTo(new Row(0, -1, 0, "object", "o", "", false, 0, 1, 0, 2L * depth - 1));
  }

  @Test
  void anyEventsGiveTheRowsOfTheRules() {
    Random random = new Random(51);
    for (int round = 0; round < 200; round++) {
      UnrealNetBlocks writer = new UnrealNetBlocks();
      Model model = new Model();
      List<Made> chain = new ArrayList<>();
      long offset = random.nextInt(1_000);
      for (int block = random.nextInt(4); block >= 0; block--) {
        for (int event = random.nextInt(60); event >= 0; event--) {
          model.write(random, writer, offset + writer.events());
        }
        int events = writer.events();
        chain.add(made(writer, offset));
        offset += events;
      }
      assertThat(rows(chain)).isEqualTo(model.rows);
    }
  }

  /// The rules of `views.md` 7, written down once more with an object per span.
  private static final class Model {
    private static final String[] KINDS = {"connection", "object", "rpc"};

    private final List<Row> rows = new ArrayList<>();
    private final Deque<Span> open = new ArrayDeque<>();

    private static final class Span {
      long id;
      long parent = -1;
      int depth;
      String kind = "";
      String name = "";
      String connection = "";
      boolean outgoing;
      long consumed;
      long begin;
    }

    void write(Random random, UnrealNetBlocks writer, long id) {
      int kind = random.nextInt(3);
      String name = "n" + random.nextInt(5);
      int bits = random.nextInt(1_000);
      long time = random.nextInt(1_000);
      switch (random.nextInt(8)) {
        case 0 -> writer.unknown();
        case 1 -> {
          writer.property(name, bits, time);
          Span top = open.peekLast();
          rows.add(
              new Row(
                  id,
                  top == null ? -1 : top.id,
                  top == null ? 0 : top.depth + 1,
                  "property",
                  name,
                  top == null ? "" : open.getFirst().connection,
                  top != null && open.getFirst().outgoing,
                  top == null ? 0 : top.consumed,
                  bits,
                  time,
                  time));
          if (top != null) {
            top.consumed += bits;
          }
        }
        case 2, 3, 4 -> begin(kind, name, random.nextBoolean(), time, id, writer);
        default -> end(kind, bits, time, writer);
      }
    }

    private void begin(
        int kind, String name, boolean outgoing, long time, long id, UnrealNetBlocks writer) {
      Span span = new Span();
      span.id = id;
      span.kind = KINDS[kind];
      span.name = name;
      span.begin = time;
      if (kind == 0) {
        writer.beginConnection(name, outgoing, time);
        span.connection = name;
        span.outgoing = outgoing;
      } else {
        if (kind == 1) {
          writer.beginObject(name, time);
        } else {
          writer.beginRpc(name, time);
        }
        if (!open.isEmpty()) {
          span.parent = open.getLast().id;
          span.depth = open.getLast().depth + 1;
          span.connection = open.getFirst().connection;
          span.outgoing = open.getFirst().outgoing;
        }
      }
      open.addLast(span);
    }

    private void end(int kind, int bits, long time, UnrealNetBlocks writer) {
      switch (kind) {
        case 0 -> writer.endConnection(bits, time);
        case 1 -> writer.endObject(bits, time);
        default -> writer.endRpc(bits, time);
      }
      if (open.isEmpty() || !open.getLast().kind.equals(KINDS[kind])) {
        return;
      }
      Span span = open.removeLast();
      Span connection = open.isEmpty() ? span : open.getFirst();
      long before = open.isEmpty() ? 0 : open.getLast().consumed;
      rows.add(
          new Row(
              span.id,
              span.parent,
              span.depth,
              span.kind,
              span.name,
              connection.connection,
              connection.outgoing,
              before,
              bits,
              span.begin,
              time));
      if (!open.isEmpty()) {
        open.getLast().consumed += bits;
      }
    }
  }

  @Test
  void damagedBlocksAreCorruptAndNothingElse() {
    UnrealNetBlocks writer = new UnrealNetBlocks();
    Random random = new Random(52);
    Model model = new Model();
    for (int i = 0; i < 40; i++) {
      model.write(random, writer, i);
    }
    Made block = made(writer, 0);
    for (int at = 0; at < block.payload().length; at++) {
      byte[] flipped = block.payload().clone();
      flipped[at] ^= (byte) (1 << at % 8);
      attempt(block.source(), flipped);
      attempt(block.source(), Arrays.copyOf(block.payload(), at));
    }
    writer.beginObject("x", 1);
    byte[] payload = writer.finish();
    UUID other = UUID.randomUUID();
    SourceBlock source = UnrealNetBlocks.source(other, 0, 1, 0, 1);
    assertThatThrownBy(() -> processor.decode(source, Arrays.copyOf(payload, 10), CLOCK, scratch))
        .isInstanceOf(CorruptDataException.class);
  }

  private void attempt(SourceBlock source, byte[] payload) {
    try {
      NetBlock events = processor.decode(source, payload, CLOCK, scratch);
      assertThat(events.size()).isNotNegative();
    } catch (CorruptDataException expected) {
      assertThat(expected.getMessage()).isNotBlank();
    }
  }
}
