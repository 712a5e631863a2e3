package micromegas.lakehouse.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import micromegas.common.CorruptDataException;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.transit.ClientTypes;
import micromegas.transit.SpanBlockWriter;
import micromegas.transit.SpanDescriptor;
import micromegas.transit.SpanLocation;
import micromegas.transit.StaticText;
import micromegas.transit.UserDefinedType;
import micromegas.transit.UserDefinedType.Member;
import org.junit.jupiter.api.Test;

/// Asynchronous spans, written by the Rust client, by our writer, and by nobody in their right
/// mind.
class AsyncEventsTest {
  private static final String RUST_DEPENDENCIES =
      """
      02 0c000000 0100000000000000 776f726b  02 0b000000 0200000000000000 617070
      02 0f000000 0300000000000000 6d61696e2e7273
      00 1000000000000000 0100000000000000 0200000000000000 0200000000000000
         0300000000000000 2a000000 03000000
      """;

  private final DecodeScratch scratch = new DecodeScratch();
  private final SourceBlock stream =
      MadeBlocks.source(ClientTypes.spanDependencies(), ClientTypes.spanObjects());

  /// Async events as the Rust compiler lays them out: `depth` behind `time`.
  private static List<UserDefinedType> rustObjects() {
    List<UserDefinedType> objects = new ArrayList<>(ClientTypes.spanObjects());
    objects.set(
        4,
        new UserDefinedType(
            "BeginAsyncSpanEvent",
            40,
            List.of(
                new Member("span_desc", "& 'static SpanMetadata", 0, 8, true),
                new Member("span_id", "u64", 8, 8, false),
                new Member("parent_span_id", "u64", 16, 8, false),
                new Member("depth", "u32", 32, 4, false),
                new Member("time", "i64", 24, 8, false)),
            false));
    return objects;
  }

  private List<Rows.AsyncEvent> decode(SourceBlock source, byte[] payload) {
    ColumnBatch batch = Rows.asyncBatch();
    new AsyncEventsBlockProcessor().process(source, payload, batch, scratch);
    assertThat(batch.column(AsyncEventColumns.STREAM_ID).size()).isEqualTo(batch.rows());
    return Rows.asyncEvents(batch);
  }

  @Test
  void rustSpanBlock() {
    byte[] payload =
        MadeBlocks.payload(
            RUST_DEPENDENCIES,
            """
            00 1000000000000000 e803000000000000
            04 1000000000000000 0700000000000000 0000000000000000 dc05000000000000 00000000 cdcdcdcd
            01 1000000000000000 d007000000000000
            """);
    SourceBlock source = MadeBlocks.source(ClientTypes.spanDependencies(), rustObjects());
    assertThat(decode(source, payload))
        .containsExactly(
            new Rows.AsyncEvent(1500, "begin", 7, 0, 0, 0xe616150b, "work", "main.rs", "app", 42));
  }

  @Test
  void recordedRowsAreThoseOfTheReference() {
    TickConverter clock = RecordedProcess.clock();
    ColumnBatch batch = Rows.asyncBatch();
    for (RecordedProcess.Stored block : RecordedProcess.tagged("cpu")) {
      SourceBlock source = RecordedProcess.withFrequency(block.source(), clock.frequency());
      new AsyncEventsBlockProcessor().process(source, block.payload(), batch, scratch);
    }
    List<Rows.AsyncEvent> rows = Rows.asyncEvents(batch);
    List<String> first =
        rows.stream()
            .sorted(
                Comparator.comparingLong(Rows.AsyncEvent::time)
                    .thenComparing(Rows.AsyncEvent::spanId)
                    .thenComparing(Rows.AsyncEvent::type))
            .limit(300)
            .map(row ->
                ("{\"depth\": %d, \"event_type\": \"%s\", \"filename\": \"%s\", \"line\": %d,"
                        + " \"name\": \"%s\", \"parent_span_id\": %d, \"span_id\": %d,"
                        + " \"target\": \"%s\", \"time\": %d}")
                    .formatted(
                        row.depth(),
                        row.type(),
                        row.file(),
                        row.line(),
                        row.name(),
                        row.parentSpanId(),
                        row.spanId(),
                        row.target(),
                        row.time()))
            .toList();
    assertThat(first).isEqualTo(RecordedProcess.expected("async_rows"));
    Map<String, Long> groups =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.type() + " " + row.name() + " " + row.depth(),
                    Collectors.counting()));
    assertThat(groups)
        .isEqualTo(
            Map.of(
                "begin cache_write 1", 200L,
                "begin r#gen::fetch_row 1", 400L,
                "begin r#gen::handle_request 0", 200L,
                "end cache_write 1", 200L,
                "end r#gen::fetch_row 1", 400L,
                "end r#gen::handle_request 0", 200L));
  }

  @Test
  void hashOfACallSiteIsThatOfTheReference() {
    assertThat(CallSiteHash.of("work", "main.rs", "app", 42)).isEqualTo(0xe616150b);
  }

  @Test
  void spansWithNamesOfTheirOwnHaveAHashPerName() {
    SpanLocation here = new SpanLocation("app", "app::m", "main.rs", 42, 3);
    SpanLocation there = new SpanLocation("app", "app::m", "main.rs", 43, 3);
    SpanDescriptor plain = new SpanDescriptor("work", "app", "app::m", "main.rs", 42, 3);
    SpanBlockWriter writer = new SpanBlockWriter();
    writer.beginAsync(here, StaticText.of("work"), 1, 0, 0, 10);
    writer.beginAsync(here, StaticText.of("other"), 2, 1, 1, 20);
    writer.endAsync(here, StaticText.of("other"), 2, 1, 1, 30);
    writer.endAsync(there, StaticText.of("work"), 1, 0, 0, 40);
    writer.beginAsync(plain, -1, Long.MIN_VALUE, -1, 50); // ids and depths are unsigned
    List<Rows.AsyncEvent> rows = decode(stream, PayloadCodec.encode(writer.finish()));
    assertThat(rows)
        .containsExactly(
            row(10, "begin", 1, 0, 0, "work", 42),
            row(20, "begin", 2, 1, 1, "other", 42),
            row(30, "end", 2, 1, 1, "other", 42),
            row(40, "end", 1, 0, 0, "work", 43),
            row(50, "begin", -1, Long.MIN_VALUE, -1, "work", 42));
    assertThat(rows.get(0).hash()).isEqualTo(0xe616150b).isEqualTo(rows.get(4).hash());
    assertThat(rows.stream().map(Rows.AsyncEvent::hash).distinct()).hasSize(3);
  }

  private static Rows.AsyncEvent row(
      long time, String type, long id, long parent, int depth, String name, int line) {
    int hash = CallSiteHash.of(name, "main.rs", "app", line);
    return new Rows.AsyncEvent(time, type, id, parent, depth, hash, name, "main.rs", "app", line);
  }

  @Test
  void whatIsWrittenIsRead() {
    Random random = new Random(31);
    SpanBlockWriter writer = new SpanBlockWriter();
    ColumnBatch batch = Rows.asyncBatch();
    List<Rows.AsyncEvent> expected = new ArrayList<>();
    for (int block = 0; block < 30; block++) {
      write(random, writer, random.nextInt(2_000), expected);
      new AsyncEventsBlockProcessor()
          .process(stream, PayloadCodec.encode(writer.finish()), batch, scratch);
    }
    assertThat(Rows.asyncEvents(batch)).isEqualTo(expected);
  }

  @Test
  void unknownTypesAndOtherSpansAreLeftOut() {
    List<UserDefinedType> objects = new ArrayList<>(ClientTypes.spanObjects());
    objects.add(MadeBlocks.variable("FutureEvent"));
    byte[] payload =
        MadeBlocks.payload(
            RUST_DEPENDENCIES,
            """
            08 03000000 010203
            00 1000000000000000 e803000000000000
            05 1000000000000000 0700000000000000 0300000000000000 01000000 dc05000000000000
            """);
    assertThat(decode(MadeBlocks.source(ClientTypes.spanDependencies(), objects), payload))
        .extracting(Rows.AsyncEvent::type, Rows.AsyncEvent::parentSpanId)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("end", 3L));
  }

  @Test
  void badReferencesAndLayoutsMakeABlockCorrupt() {
    // No such descriptor; a text in its place; a descriptor in place of a name.
    for (String event :
        List.of(
            "05 9900000000000000 0700000000000000 0300000000000000 01000000 dc05000000000000",
            "05 0100000000000000 0700000000000000 0300000000000000 01000000 dc05000000000000",
            """
            06 1000000000000000 1000000000000000 0700000000000000 0300000000000000
               01000000 dc05000000000000
            """)) {
      assertCorrupt(stream, MadeBlocks.payload(RUST_DEPENDENCIES, event));
    }
    List<UserDefinedType> objects = new ArrayList<>(ClientTypes.spanObjects());
    objects.set(
        5,
        new UserDefinedType(
            "EndAsyncSpanEvent",
            16,
            List.of(
                new Member("span_desc", "x", 0, 8, true), new Member("time", "i64", 8, 8, false)),
            false));
    assertCorrupt(
        MadeBlocks.source(ClientTypes.spanDependencies(), objects),
        MadeBlocks.payload(RUST_DEPENDENCIES, "05 1000000000000000 0700000000000000"));
  }

  private void assertCorrupt(SourceBlock source, byte[] payload) {
    ColumnBatch batch = Rows.asyncBatch();
    assertThatThrownBy(
            () -> new AsyncEventsBlockProcessor().process(source, payload, batch, scratch))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining(source.block().info().blockId().toString())
        .hasMessageContaining(source.stream().info().streamId().toString());
    assertThat(batch.rows()).isZero();
  }

  @Test
  void damageLeavesNoRow() {
    SpanBlockWriter writer = new SpanBlockWriter();
    write(new Random(32), writer, 25, new ArrayList<>());
    DamagedBlocks.sweep(
        new AsyncEventsBlockProcessor(),
        stream,
        PayloadCodec.encode(writer.finish()),
        Rows.asyncBatch());
    for (RecordedProcess.Stored stored : RecordedProcess.tagged("cpu")) {
      DamagedBlocks.damage(new AsyncEventsBlockProcessor(), stored, Rows.asyncBatch());
    }
  }

  /// Async events between those of threads, many names at few places.
  private static void write(
      Random random, SpanBlockWriter writer, int count, List<Rows.AsyncEvent> expected) {
    List<SpanDescriptor> descriptors =
        IntStream.range(0, 5)
            .mapToObj(i -> new SpanDescriptor("span " + i, "t" + i % 2, "m", "f" + i % 3, i, 1))
            .toList();
    List<SpanLocation> locations =
        IntStream.range(0, 5)
            .mapToObj(i -> new SpanLocation("t" + i % 2, "m", "f" + i % 3, i, 1))
            .toList();
    for (int n = 0; n < count; n++) {
      int i = random.nextInt(5);
      String name = "name " + random.nextInt(500);
      long time = random.nextInt(1_000_000);
      long id = random.nextLong();
      int depth = random.nextInt(9);
      String type = "begin";
      switch (random.nextInt(5)) {
        case 0 -> writer.beginAsync(locations.get(i), StaticText.of(name), id, ~id, depth, time);
        case 1 -> {
          writer.endAsync(locations.get(i), StaticText.of(name), id, ~id, depth, time);
          type = "end";
        }
        case 2 -> {
          writer.beginAsync(descriptors.get(i), id, ~id, depth, time);
          name = "span " + i;
        }
        case 3 -> {
          writer.endAsync(descriptors.get(i), id, ~id, depth, time);
          name = "span " + i;
          type = "end";
        }
        default -> {
          writer.begin(descriptors.get(i), time);
          continue;
        }
      }
      int hash = CallSiteHash.of(name, "f" + i % 3, "t" + i % 2, i);
      expected.add(
          new Rows.AsyncEvent(time, type, id, ~id, depth, hash, name, "f" + i % 3, "t" + i % 2, i));
    }
  }
}
