package micromegas.transit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the writers of spans and images write is read back through the type descriptions alone.
class SpanBlockWriterTest {
  private static final SpanDescriptor WORK =
      new SpanDescriptor("work", "app", "app::main", "main.rs", 42, 3);
  private static final SpanLocation QUERY = new SpanLocation("db", "db", "db.rs", 7, 2);
  private static final StaticText NAME = StaticText.of("select ä");

  private final TransitLayout layout =
      TransitLayout.compile(ClientTypes.spanDependencies(), ClientTypes.spanObjects());
  private final DependencyTable dependencies = new DependencyTable();

  @Test
  void spansOfThreadsAndTasksAreReadBack() {
    SpanBlockWriter writer = new SpanBlockWriter();
    writer.begin(WORK, 1000);
    writer.begin(QUERY, NAME, 1100);
    writer.beginAsync(WORK, 7, 3, 1, 1200);
    writer.beginAsync(QUERY, NAME, 8, 7, 2, -1300);
    writer.endAsync(QUERY, NAME, 8, 7, 2, 1400);
    writer.endAsync(WORK, 7, 3, 1, 1500);
    writer.end(QUERY, NAME, 1600);
    writer.end(WORK, 1700);
    assertThat(writer.events()).isEqualTo(8);
    List<String> expected =
        List.of(
            "BeginThreadSpanEvent work app main.rs 42 1000",
            "BeginThreadNamedSpanEvent select ä db db.rs 7 1100",
            "BeginAsyncSpanEvent work app main.rs 42 7<3@1 1200",
            "BeginAsyncNamedSpanEvent select ä db db.rs 7 8<7@2 -1300",
            "EndAsyncNamedSpanEvent select ä db db.rs 7 8<7@2 1400",
            "EndAsyncSpanEvent work app main.rs 42 7<3@1 1500",
            "EndThreadNamedSpanEvent select ä db db.rs 7 1600",
            "EndThreadSpanEvent work app main.rs 42 1700");
    assertThat(read(writer.finish())).isEqualTo(expected);
    // The next block repeats what it refers to.
    writer.begin(WORK, 1);
    assertThat(read(writer.finish())).containsExactly("BeginThreadSpanEvent work app main.rs 42 1");
  }

  @Test
  void imagesAreReadBack() {
    ImageBlockWriter writer = new ImageBlockWriter();
    writer.image("shot", "image/png", new byte[] {(byte) 0x89, 'P', 'N', 'G'}, 1000);
    byte[] objects = decompress(writer.finish().objects());
    assertThat(objects) // the example of `wire.md` 6.8
        .isEqualTo(
            Lz4FrameTest.hex(
                "00 27000000 e803000000000000 02 04000000 73686f74 02 09000000 696d6167652f706e67"
                    + "04000000 89504e47"));
  }

  @Test
  void givenIdsAreWrittenOncePerBlock() {
    DependencyWriter writer = DependencyWriter.ofSpans();
    writer.put(9, WORK);
    writer.put(9, WORK);
    writer.put(4, NAME);
    assertThat(writer.has(9)).isTrue();
    assertThat(writer.has(8)).isFalse();
    dependencies.decode(layout.dependencies(), writer.bytes(), 0, writer.size());
    assertThat(dependencies.size()).isEqualTo(6);
    assertThat(text(dependencies.requireText(4))).isEqualTo("select ä");
    assertThat(dependencies.recordType(dependencies.requireRecord(9))).isZero();
    writer.clear();
    assertThat(writer.size()).isZero();
    assertThat(writer.has(9)).isFalse();
    for (long id = 1; id < 1_000; id++) {
      writer.put(id, QUERY);
      assertThat(writer.has(id)).isTrue();
      assertThat(writer.has(id + 1)).isFalse();
    }
    assertThatThrownBy(() -> writer.put(0, WORK)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.put(DependencyWriter.FIRST_OWN_ID, WORK))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void propertySetsAreWrittenUnderGivenIds() {
    DependencyWriter writer = DependencyWriter.ofLogsOrMetrics();
    writer.put(5, PropertySet.of(Map.of("zone", "eu", "host", "eu")));
    TypeTable types =
        TransitLayout.compile(ClientTypes.logDependencies(), ClientTypes.logObjects())
            .dependencies();
    dependencies.decode(types, writer.bytes(), 0, writer.size());
    int set = dependencies.requirePropertySet(5);
    assertThat(dependencies.propertyCount(set)).isEqualTo(2);
    assertThat(text(dependencies.propertyName(set, 0))).isEqualTo("zone");
    assertThat(dependencies.propertyValue(set, 0)).isEqualTo(dependencies.propertyValue(set, 1));
  }

  private List<String> read(BlockPayload payload) {
    byte[] bytes = decompress(payload.dependencies());
    dependencies.decode(layout.dependencies(), bytes, 0, bytes.length);
    byte[] objects = decompress(payload.objects());
    ObjectCursor cursor = new ObjectCursor();
    cursor.reset(layout.objects(), objects, 0, objects.length);
    List<String> events = new ArrayList<>();
    while (cursor.next()) {
      RecordLayout type = layout.objects().type(cursor.type());
      boolean async = type.name().contains("Async");
      boolean named = type.name().contains("Named");
      String descriptor =
          async
              ? (named ? "span_location" : "span_desc")
              : (named ? "thread_span_location" : "thread_span_desc");
      int record = dependencies.requireRecord(cursor.getLong(type.reference(descriptor)));
      RecordLayout from = layout.dependencies().type(dependencies.recordType(record));
      String event = type.name() + " ";
      event +=
          named
              ? text(dependencies.requireText(cursor.getLong(type.reference("name"))))
              : field(from, record, "name");
      event += " " + field(from, record, "target") + " " + field(from, record, "file");
      event +=
          " "
              + from.intField("line")
                  .getInt(dependencies.records(), dependencies.recordBegin(record));
      if (async) {
        event +=
            " %d<%d@%d"
                .formatted(
                    cursor.getLong(type.longField("span_id")),
                    cursor.getLong(type.longField("parent_span_id")),
                    cursor.getInt(type.intField("depth")));
      }
      events.add(event + " " + cursor.getLong(type.longField("time")));
    }
    return events;
  }

  private String field(RecordLayout type, int record, String name) {
    long id =
        type.reference(name).getLong(dependencies.records(), dependencies.recordBegin(record));
    return text(dependencies.requireText(id));
  }

  private String text(int ordinal) {
    return new String(
        dependencies.texts(),
        dependencies.textBegin(ordinal),
        dependencies.textLength(ordinal),
        StandardCharsets.UTF_8);
  }

  private static byte[] decompress(byte[] frame) {
    Lz4FrameReader reader = new Lz4FrameReader(1 << 20);
    reader.read(frame, 0, frame.length);
    return java.util.Arrays.copyOf(reader.bytes(), reader.size());
  }
}
