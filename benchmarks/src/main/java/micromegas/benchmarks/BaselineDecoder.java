package micromegas.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.UserDefinedType;
import net.jpountz.lz4.LZ4FrameInputStream;

/// The straightforward way to decode a block, to compare with: an object for every dependency and
/// every event, texts as strings, dependencies in a hash map. It knows the record types of
/// [Workload] only, at the fixed offsets of the Rust client (`wire.md` 6.2 to 6.4), and checks
/// nothing.
final class BaselineDecoder {
  private static final int CODEC_BYTES = 1;

  record LogEvent(
      long time, String target, int level, String message, Map<String, String> properties) {}

  record Metric(
      long time,
      String target,
      String name,
      String unit,
      double value,
      Map<String, String> properties) {}

  private record LogStatement(String format, String target, int level) {}

  private record MetricStatement(String name, String unit, String target) {}

  private final List<UserDefinedType> dependencyTypes;
  private final List<UserDefinedType> objectTypes;

  BaselineDecoder(List<UserDefinedType> dependencyTypes, List<UserDefinedType> objectTypes) {
    this.dependencyTypes = dependencyTypes;
    this.objectTypes = objectTypes;
  }

  /// @param stored bytes of the payload object
  List<LogEvent> logs(BlockInfo block, byte[] stored) {
    BlockPayload payload = PayloadCodec.decode(stored);
    Map<Long, Object> dependencies = dependencies(decompress(payload.dependencies()));
    ByteBuffer objects = decompress(payload.objects());
    List<LogEvent> events = new ArrayList<>();
    while (objects.hasRemaining()) {
      UserDefinedType type = objectTypes.get(objects.get());
      int end = recordEnd(objects, type);
      LogStatement statement = (LogStatement) dependencies.get(objects.getLong());
      if (statement == null) {
        throw new CheckFailedException("check failed: a log event has no descriptor");
      }
      switch (type.name()) {
        case "LogStaticStrEvent" ->
            events.add(
                new LogEvent(
                    nanos(block, objects.getLong()),
                    statement.target(),
                    statement.level(),
                    statement.format(),
                    Map.of()));
        case "LogStringEventV2" ->
            events.add(
                new LogEvent(
                    nanos(block, objects.getLong()),
                    statement.target(),
                    statement.level(),
                    dynamicText(objects),
                    Map.of()));
        case "TaggedLogString" -> {
          Map<String, String> properties = properties(dependencies, objects.getLong());
          events.add(
              new LogEvent(
                  nanos(block, objects.getLong()),
                  statement.target(),
                  statement.level(),
                  dynamicText(objects),
                  properties));
        }
        default -> throw unknown(type);
      }
      objects.position(end);
    }
    return events;
  }

  /// @param stored bytes of the payload object
  List<Metric> metrics(BlockInfo block, byte[] stored) {
    BlockPayload payload = PayloadCodec.decode(stored);
    Map<Long, Object> dependencies = dependencies(decompress(payload.dependencies()));
    ByteBuffer objects = decompress(payload.objects());
    List<Metric> events = new ArrayList<>();
    while (objects.hasRemaining()) {
      UserDefinedType type = objectTypes.get(objects.get());
      int end = recordEnd(objects, type);
      MetricStatement statement = (MetricStatement) dependencies.get(objects.getLong());
      if (statement == null) {
        throw new CheckFailedException("check failed: a metric event has no descriptor");
      }
      boolean tagged = type.name().startsWith("Tagged");
      Map<String, String> properties =
          tagged ? properties(dependencies, objects.getLong()) : Map.of();
      double value =
          type.name().endsWith("FloatMetricEvent") ? objects.getDouble() : objects.getLong();
      events.add(
          new Metric(
              nanos(block, objects.getLong()),
              statement.target(),
              statement.name(),
              statement.unit(),
              value,
              properties));
      objects.position(end);
    }
    return events;
  }

  private Map<Long, Object> dependencies(ByteBuffer buffer) {
    Map<Long, Object> byId = new HashMap<>();
    while (buffer.hasRemaining()) {
      UserDefinedType type = dependencyTypes.get(buffer.get());
      int end = recordEnd(buffer, type);
      long id = buffer.getLong();
      byId.put(
          id,
          switch (type.name()) {
            case "StaticString" -> text(buffer, end - buffer.position());
            case "StaticStringDependency" -> dynamicText(buffer);
            case "LogMetadataRecord" ->
                new LogStatement(
                    text(byId, buffer, end - 40),
                    text(byId, buffer, end - 32),
                    buffer.getInt(end - 4));
            case "MetricMetadataDependency" ->
                new MetricStatement(
                    text(byId, buffer, end - 40),
                    text(byId, buffer, end - 32),
                    text(byId, buffer, end - 24));
            case "PropertySetDependency" -> propertySet(byId, buffer);
            default -> throw unknown(type);
          });
      buffer.position(end);
    }
    return byId;
  }

  private static Map<String, String> propertySet(Map<Long, Object> byId, ByteBuffer buffer) {
    int count = buffer.getInt();
    Map<String, String> properties = new HashMap<>();
    for (int i = 0; i < count; i++) {
      int begin = buffer.position();
      properties.put(text(byId, buffer, begin), text(byId, buffer, begin + 16));
      buffer.position(begin + 32);
    }
    return properties;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> properties(Map<Long, Object> dependencies, long id) {
    Map<String, String> found = (Map<String, String>) dependencies.get(id);
    if (found == null) {
      throw new CheckFailedException("check failed: an event has no property set");
    }
    return found;
  }

  private static String text(Map<Long, Object> byId, ByteBuffer buffer, int position) {
    return String.valueOf(byId.get(buffer.getLong(position)));
  }

  private static String text(ByteBuffer buffer, int length) {
    String text = new String(buffer.array(), buffer.position(), length, StandardCharsets.UTF_8);
    buffer.position(buffer.position() + length);
    return text;
  }

  private static String dynamicText(ByteBuffer buffer) {
    buffer.position(buffer.position() + CODEC_BYTES);
    return text(buffer, buffer.getInt());
  }

  private static int recordEnd(ByteBuffer buffer, UserDefinedType type) {
    int size = type.size() == 0 ? buffer.getInt() : type.size();
    return buffer.position() + size;
  }

  /// The process has no tick frequency, so it follows from the bounds of the block.
  private static long nanos(BlockInfo block, long ticks) {
    long begin = block.beginTime().getEpochSecond() * 1_000_000_000L + block.beginTime().getNano();
    long end = block.endTime().getEpochSecond() * 1_000_000_000L + block.endTime().getNano();
    double nanosPerTick = (double) (end - begin) / (block.endTicks() - block.beginTicks());
    return begin + (long) ((ticks - block.beginTicks()) * nanosPerTick);
  }

  private static ByteBuffer decompress(byte[] frame) {
    try (LZ4FrameInputStream input = new LZ4FrameInputStream(new ByteArrayInputStream(frame))) {
      return ByteBuffer.wrap(input.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CheckFailedException unknown(UserDefinedType type) {
    return new CheckFailedException("check failed: unknown record type " + type.name());
  }
}
