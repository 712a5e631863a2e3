package micromegas.transit;

import java.util.HashMap;
import java.util.Map;

/// The events of one block and what they refer to. Nothing is allocated per event: each text,
/// descriptor and property set is written once per block, and the buffers are kept from block to
/// block. Not thread-safe.
public abstract sealed class BlockWriter permits LogBlockWriter, MetricBlockWriter {
  private static final int UTF8 = 2;

  final RecordBuffer objects = new RecordBuffer();
  final RecordBuffer dependencies = new RecordBuffer();
  private final IdentityIds sent = new IdentityIds();
  private final Map<StaticText, Long> texts = new HashMap<>();
  private final Lz4FrameWriter compressor = new Lz4FrameWriter();
  private long nextId = 1;
  private int events;

  BlockWriter() {}

  /// Events since the last [#finish].
  public int events() {
    return events;
  }

  /// Uncompressed bytes of the events since the last [#finish]; clients cut a block at 10 MiB of
  /// logs or 1 MiB of metrics.
  public int objectBytes() {
    return objects.size();
  }

  /// Compresses what was written, and starts the next block.
  public BlockPayload finish() {
    BlockPayload payload =
        new BlockPayload(
            compressor.compress(dependencies.bytes(), dependencies.size()),
            compressor.compress(objects.bytes(), objects.size()));
    objects.clear();
    dependencies.clear();
    sent.clear();
    texts.clear();
    nextId = 1;
    events = 0;
    return payload;
  }

  void countEvent() {
    events++;
  }

  /// Id of an object in this block, or 0.
  long sentId(Object key) {
    return sent.get(key);
  }

  long newId(Object key) {
    long id = nextId++;
    sent.put(key, id);
    return id;
  }

  long id(StaticText text) {
    long id = sent.get(text);
    return id != 0 ? id : firstUse(text);
  }

  long id(PropertySet set) {
    long id = sent.get(set);
    return id != 0 ? id : firstUse(set);
  }

  /// A string reference with its codec.
  static void putReference(RecordBuffer out, long id, StaticText text) {
    out.putLong(id);
    out.putInt(text.utf8().length);
    out.putInt(UTF8);
  }

  static void putText(RecordBuffer out, byte[] utf8, int offset, int length) {
    out.putByte(UTF8);
    out.putInt(length);
    out.put(utf8, offset, length);
  }

  private long firstUse(StaticText text) {
    Long known = texts.get(text);
    if (known != null) {
      sent.put(text, known);
      return known;
    }
    long id = newId(text);
    texts.put(text, id);
    byte[] utf8 = text.utf8();
    dependencies.beginVariable(ClientTypes.STATIC_STRING, 8 + utf8.length);
    dependencies.putLong(id);
    dependencies.put(utf8, 0, utf8.length);
    return id;
  }

  private long firstUse(PropertySet set) {
    int count = set.names.size();
    for (int i = 0; i < count; i++) { // texts come before what refers to them
      id(set.names.get(i));
      id(set.values.get(i));
    }
    long id = newId(set);
    dependencies.beginVariable(ClientTypes.PROPERTY_SET, 12 + 32 * count);
    dependencies.putLong(id);
    dependencies.putInt(count);
    for (int i = 0; i < count; i++) {
      putReference(dependencies, id(set.names.get(i)), set.names.get(i));
      putReference(dependencies, id(set.values.get(i)), set.values.get(i));
    }
    return id;
  }
}
