package micromegas.transit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/// Writes the bodies of the three native requests, and the parts of which they consist, as CBOR
/// (RFC 8949) with definite lengths and shortest headers. Field order as the Rust client's.
/// Reusable after [#reset]; not thread-safe.
public final class CborWriter {
  private static final int UNSIGNED = 0;
  private static final int NEGATIVE = 1;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final byte FALSE = (byte) 0xf4;
  private static final byte TRUE = (byte) 0xf5;
  private static final byte NULL = (byte) 0xf6;

  private byte[] buffer = new byte[512];
  private int size;

  /// Body of an `insert_process` request.
  public static byte[] process(ProcessInfo process) {
    CborWriter out = new CborWriter().map(12);
    out.text("process_id").uuid(process.processId());
    out.text("exe").text(process.exe());
    out.text("username").text(process.username());
    out.text("realname").text(process.realname());
    out.text("computer").text(process.computer());
    out.text("distro").text(process.distro());
    out.text("cpu_brand").text(process.cpuBrand());
    out.text("tsc_frequency").integer(process.tscFrequency());
    out.text("start_time").text(process.startTime().toString());
    out.text("start_ticks").integer(process.startTicks());
    out.text("parent_process_id");
    if (process.parentProcessId().isPresent()) {
      out.uuid(process.parentProcessId().get());
    } else {
      out.put(NULL);
    }
    out.text("properties").properties(process.properties());
    return out.toByteArray();
  }

  /// Body of an `insert_stream` request.
  public static byte[] stream(StreamInfo stream) {
    CborWriter out = new CborWriter().map(6);
    out.text("process_id").uuid(stream.processId());
    out.text("stream_id").uuid(stream.streamId());
    out.text("dependencies_metadata").types(stream.dependenciesMetadata());
    out.text("objects_metadata").types(stream.objectsMetadata());
    out.text("tags").array(stream.tags().size());
    stream.tags().forEach(out::text);
    out.text("properties").properties(stream.properties());
    return out.toByteArray();
  }

  /// Body of an `insert_block` request.
  public static byte[] block(BlockInfo block, BlockPayload payload) {
    CborWriter out = new CborWriter().map(10);
    out.text("block_id").uuid(block.blockId());
    out.text("stream_id").uuid(block.streamId());
    out.text("process_id").uuid(block.processId());
    out.text("begin_time").text(rfc3339(block.beginTime()));
    out.text("begin_ticks").integer(block.beginTicks());
    out.text("end_time").text(rfc3339(block.endTime()));
    out.text("end_ticks").integer(block.endTicks());
    out.text("payload").map(2);
    out.text("dependencies").bytes(payload.dependencies());
    out.text("objects").bytes(payload.objects());
    out.text("object_offset").integer(block.objectOffset());
    out.text("nb_objects").integer(block.nbObjects());
    return out.toByteArray();
  }

  /// Type descriptions, keys in the order in which servers store them.
  public CborWriter types(List<UserDefinedType> types) {
    array(types.size());
    for (UserDefinedType type : types) {
      map(4).text("name").text(type.name()).text("size").integer(type.size());
      text("members").array(type.members().size());
      for (UserDefinedType.Member member : type.members()) {
        map(5).text("name").text(member.name()).text("type_name").text(member.typeName());
        text("offset").integer(member.offset()).text("size").integer(member.size());
        text("is_reference").bool(member.isReference());
      }
      text("is_reference").bool(type.isReference());
    }
    return this;
  }

  public CborWriter properties(Map<String, String> properties) {
    map(properties.size());
    properties.forEach((key, value) -> text(key).text(value));
    return this;
  }

  /// Starts a map of `entries` keys, each followed by its value.
  public CborWriter map(int entries) {
    header(MAP, entries);
    return this;
  }

  /// Starts an array of `items` items.
  public CborWriter array(int items) {
    header(ARRAY, items);
    return this;
  }

  public CborWriter text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    header(TEXT, utf8.length);
    raw(utf8);
    return this;
  }

  public CborWriter uuid(UUID value) {
    return text(value.toString());
  }

  public CborWriter bytes(byte[] value) {
    header(BYTES, value.length);
    raw(value);
    return this;
  }

  public CborWriter integer(long value) {
    header(value < 0 ? NEGATIVE : UNSIGNED, value < 0 ? -1 - value : value);
    return this;
  }

  public CborWriter bool(boolean value) {
    put(value ? TRUE : FALSE);
    return this;
  }

  /// A copy of what was written since the last [#reset].
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  /// Forgets what was written and keeps the memory.
  public void reset() {
    size = 0;
  }

  private static String rfc3339(Instant instant) {
    // Block times are parsed strictly: four digits of the year, seconds always there.
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    if (time.getYear() < 0 || time.getYear() > 9999) {
      throw new IllegalArgumentException("RFC 3339 has years 0 to 9999: " + instant);
    }
    return String.format(
        Locale.ROOT,
        "%04d-%02d-%02dT%02d:%02d:%02d.%09d+00:00",
        time.getYear(),
        time.getMonthValue(),
        time.getDayOfMonth(),
        time.getHour(),
        time.getMinute(),
        time.getSecond(),
        time.getNano());
  }

  private void header(int major, long argument) {
    int type = major << 5;
    if (argument >= 0 && argument < 24) {
      put((byte) (type | (int) argument));
      return;
    }
    int width = argument >>> 8 == 0 ? 0 : argument >>> 16 == 0 ? 1 : argument >>> 32 == 0 ? 2 : 3;
    put((byte) (type | 24 + width));
    for (int shift = (8 << width) - 8; shift >= 0; shift -= 8) {
      put((byte) (argument >>> shift));
    }
  }

  private void put(byte value) {
    reserve(1);
    buffer[size++] = value;
  }

  private void raw(byte[] value) {
    reserve(value.length);
    System.arraycopy(value, 0, buffer, size, value.length);
    size += value.length;
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > buffer.length) {
      buffer = Arrays.copyOf(buffer, (int) Math.max(needed, Math.min(buffer.length * 2L, 1 << 30)));
    }
  }
}
