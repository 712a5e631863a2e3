package micromegas.transit;

/// The events of one block and what they refer to. Nothing is allocated per event: each text,
/// descriptor and property set is written once per block, and the buffers are kept from block to
/// block. Not thread-safe.
public abstract sealed class BlockWriter
    permits ImageBlockWriter, LogBlockWriter, MetricBlockWriter, SpanBlockWriter {
  private static final int UTF8 = 2;

  final RecordBuffer objects = new RecordBuffer();
  private final DependencyWriter dependencies;
  private final Lz4FrameWriter compressor = new Lz4FrameWriter();
  private int events;

  BlockWriter(byte textType, byte descriptorType) {
    dependencies = DependencyWriter.choosingAllIds(textType, descriptorType);
  }

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
    events = 0;
    return payload;
  }

  void countEvent() {
    events++;
  }

  long id(Dependency dependency) {
    return dependencies.id(dependency);
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
}
