package micromegas.tracing.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import micromegas.tracing.Level;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.transit.CorruptBlockException;
import micromegas.transit.DependencyTable;
import micromegas.transit.Lz4FrameReader;
import micromegas.transit.ObjectCursor;
import micromegas.transit.RecordLayout;
import micromegas.transit.TransitLayout;

/// Reads the events of a block through the type descriptions of its stream, as a server does. An
/// object per event: for tests. Not thread-safe.
public final class BlockDecoder {
  private final DependencyTable dependencies = new DependencyTable();
  private final ObjectCursor cursor = new ObjectCursor();
  private TransitLayout layout = TransitLayout.compile(List.of(), List.of());

  /// Reads one event at the cursor.
  private interface EventReader<T> {
    T read(String type);
  }

  /// @throws CorruptBlockException when the block does not follow the format
  public List<RecordedLog> logs(FinishedBlock block) {
    return read(block, this::log);
  }

  /// @throws CorruptBlockException when the block does not follow the format
  public List<RecordedMetric> metrics(FinishedBlock block) {
    return read(block, this::metric);
  }

  /// @throws CorruptBlockException when the block does not follow the format
  public List<RecordedSpanEvent> spans(FinishedBlock block) {
    return read(block, this::span);
  }

  /// @throws CorruptBlockException when the block does not follow the format
  public List<RecordedImage> images(FinishedBlock block) {
    return read(block, type -> image());
  }

  private <T> List<T> read(FinishedBlock block, EventReader<T> reader) {
    layout = TransitLayout.compile(block.stream());
    Lz4FrameReader texts = new Lz4FrameReader(Lz4FrameReader.DEFAULT_MAX_BYTES);
    texts.read(block.payload().dependencies(), 0, block.payload().dependencies().length);
    dependencies.decode(layout.dependencies(), texts.bytes(), 0, texts.size());
    Lz4FrameReader objects = new Lz4FrameReader(Lz4FrameReader.DEFAULT_MAX_BYTES);
    objects.read(block.payload().objects(), 0, block.payload().objects().length);
    cursor.reset(layout.objects(), objects.bytes(), 0, objects.size());
    List<T> events = new ArrayList<>();
    while (cursor.next()) {
      events.add(reader.read(layout.objects().type(cursor.type()).name()));
    }
    if (events.size() != block.info().nbObjects()) {
      throw new CorruptBlockException(
          "block "
              + block.info().blockId()
              + " has "
              + events.size()
              + " events, not "
              + block.info().nbObjects());
    }
    return events;
  }

  private RecordedLog log(String type) {
    if (type.equals("LogStaticStrEvent")) {
      RecordLayout fields = fields();
      int site = dependencies.requireRecord(cursor.getLong(fields.reference("desc")));
      return log(cursor.getLong(fields.longField("time")), site, field(site, "fmt_str"), Map.of());
    }
    int site = dependencies.requireRecord(cursor.readLong());
    Map<String, String> properties =
        type.equals("TaggedLogString") ? properties(cursor.readLong()) : Map.of();
    long ticks = cursor.readLong();
    cursor.readText();
    return log(ticks, site, currentText(), properties);
  }

  private RecordedLog log(long ticks, int site, String text, Map<String, String> properties) {
    int level = number(site, "level");
    return new RecordedLog(
        ticks, Level.values()[level - 1], field(site, "target"), text, properties);
  }

  private RecordedMetric metric(String type) {
    RecordLayout fields = fields();
    int site = dependencies.requireRecord(cursor.getLong(fields.reference("desc")));
    boolean integer = type.contains("Integer");
    double value =
        integer
            ? unsigned(cursor.getLong(fields.longField("value")))
            : cursor.getDouble(fields.doubleField("value"));
    Map<String, String> properties =
        type.startsWith("Tagged")
            ? properties(cursor.getLong(fields.reference("properties")))
            : Map.of();
    return new RecordedMetric(
        cursor.getLong(fields.longField("time")),
        field(site, "name"),
        field(site, "unit"),
        field(site, "target"),
        value,
        integer,
        properties);
  }

  private static double unsigned(long value) {
    return value >= 0 ? value : value + 0x1p64;
  }

  private RecordedSpanEvent span(String type) {
    RecordLayout fields = fields();
    boolean async = type.contains("Async");
    boolean named = type.contains("Named");
    String reference = (async ? "span_" : "thread_span_") + (named ? "location" : "desc");
    int site = dependencies.requireRecord(cursor.getLong(fields.reference(reference)));
    String name =
        named
            ? text(dependencies.requireText(cursor.getLong(fields.reference("name"))))
            : field(site, "name");
    return new RecordedSpanEvent(
        cursor.getLong(fields.longField("time")),
        type.startsWith("Begin"),
        async,
        name,
        field(site, "target"),
        field(site, "file"),
        number(site, "line"),
        async ? cursor.getLong(fields.longField("span_id")) : 0,
        async ? cursor.getLong(fields.longField("parent_span_id")) : 0,
        async ? cursor.getInt(fields.intField("depth")) : 0);
  }

  private RecordedImage image() {
    long ticks = cursor.readLong();
    cursor.readText();
    String name = currentText();
    cursor.readText();
    return new RecordedImage(ticks, name, currentText(), cursor.readInt());
  }

  private RecordLayout fields() {
    return layout.objects().type(cursor.type());
  }

  private Map<String, String> properties(long id) {
    int set = dependencies.requirePropertySet(id);
    Map<String, String> properties = new LinkedHashMap<>();
    for (int i = 0; i < dependencies.propertyCount(set); i++) {
      properties.put(
          text(dependencies.propertyName(set, i)), text(dependencies.propertyValue(set, i)));
    }
    return properties;
  }

  private String field(int record, String name) {
    RecordLayout type = layout.dependencies().type(dependencies.recordType(record));
    return text(
        dependencies.requireText(
            type.reference(name)
                .getLong(dependencies.records(), dependencies.recordBegin(record))));
  }

  private int number(int record, String name) {
    RecordLayout type = layout.dependencies().type(dependencies.recordType(record));
    return type.intField(name).getInt(dependencies.records(), dependencies.recordBegin(record));
  }

  private String text(int ordinal) {
    return new String(
        dependencies.texts(),
        dependencies.textBegin(ordinal),
        dependencies.textLength(ordinal),
        StandardCharsets.UTF_8);
  }

  private String currentText() {
    return new String(
        cursor.text(), cursor.textBegin(), cursor.textLength(), StandardCharsets.UTF_8);
  }
}
