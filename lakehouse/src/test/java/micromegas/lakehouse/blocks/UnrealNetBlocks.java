package micromegas.lakehouse.blocks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.transit.BlockInfo;
import micromegas.transit.StreamInfo;
import micromegas.transit.UserDefinedType;
import micromegas.transit.UserDefinedType.Member;

/// Writes blocks of network events as the Unreal client lays them out (`wire.md` 6.7): one tick is
/// one nanosecond and the process started at 1970.
public final class UnrealNetBlocks {
  public static final UUID PROCESS = new UUID(1, 2);

  private static final Member TIME = new Member("time", "uint64", 0, 8, false);
  private static final Member BITS = new Member("bit_size", "uint32", 8, 4, false);

  private final ByteBuffer objects = buffer();
  private final Map<String, Integer> names = new TreeMap<>();
  private int events;

  public static List<UserDefinedType> dependencyTypes() {
    return List.of(MadeBlocks.variable("StaticStringDependency"));
  }

  public static List<UserDefinedType> objectTypes() {
    return List.of(
        type(
            "NetConnectionBeginEvent",
            32,
            TIME,
            name("connection_name"),
            new Member("is_outgoing", "uint8", 24, 1, false)),
        type("NetConnectionEndEvent", 16, TIME, BITS),
        type("NetObjectBeginEvent", 24, TIME, name("object_name")),
        type("NetObjectEndEvent", 16, TIME, BITS),
        type(
            "NetPropertyEvent",
            32,
            TIME,
            name("property_name"),
            new Member("bit_size", "uint32", 24, 4, false)),
        type("NetRPCBeginEvent", 24, TIME, name("function_name")),
        type("NetRPCEndEvent", 16, TIME, BITS),
        MadeBlocks.variable("NetFutureEvent"));
  }

  private static UserDefinedType type(String name, int size, Member... members) {
    return new UserDefinedType(name, size, List.of(members), false);
  }

  private static Member name(String member) {
    return new Member(member, "StaticStringRef", 8, 16, true);
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(4 << 20).order(ByteOrder.LITTLE_ENDIAN);
  }

  public void beginConnection(String name, boolean outgoing, long time) {
    begin(0, name, time);
    objects.put((byte) (outgoing ? 1 : 0)).put(new byte[] {-1, -1, -1, -1, -1, -1, -1});
  }

  public void endConnection(int bits, long time) {
    end(1, bits, time);
  }

  public void beginObject(String name, long time) {
    begin(2, name, time);
  }

  public void endObject(int bits, long time) {
    end(3, bits, time);
  }

  public void property(String name, int bits, long time) {
    begin(4, name, time);
    objects.putInt(bits).putInt(-1);
  }

  public void beginRpc(String name, long time) {
    begin(5, name, time);
  }

  public void endRpc(int bits, long time) {
    end(6, bits, time);
  }

  public void unknown() {
    events++;
    objects.put((byte) 7).putInt(1).put((byte) 0);
  }

  private void begin(int type, String name, long time) {
    events++;
    int id = names.computeIfAbsent(name, n -> names.size() + 1);
    objects.put((byte) type).putLong(time).putLong(id).putInt(0).putInt(-1);
  }

  private void end(int type, int bits, long time) {
    events++;
    objects.put((byte) type).putLong(time).putInt(bits).putInt(-1);
  }

  public int events() {
    return events;
  }

  /// The stored object; the writer starts over.
  public byte[] finish() {
    ByteBuffer dependencies = buffer();
    names.forEach((name, id) -> {
      byte[] text = name.getBytes(StandardCharsets.UTF_8);
      dependencies.put((byte) 0).putInt(13 + text.length).putLong(id);
      dependencies.put((byte) 2).putInt(text.length).put(text);
    });
    byte[] payload = MadeBlocks.payload(content(dependencies), content(objects));
    names.clear();
    objects.clear();
    events = 0;
    return payload;
  }

  private static byte[] content(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.position()];
    buffer.get(0, bytes);
    return bytes;
  }

  /// What the lake knows about a block.
  public static SourceBlock source(
      UUID stream, long beginTicks, long endTicks, long objectOffset, int events) {
    StreamInfo info =
        new StreamInfo(
            PROCESS,
            stream,
            dependencyTypes(),
            objectTypes(),
            new ArrayList<>(List.of("net")),
            Map.of(),
            StreamInfo.TRANSIT_FORMAT);
    BlockInfo block =
        new BlockInfo(
            UUID.randomUUID(),
            stream,
            PROCESS,
            Instant.ofEpochSecond(0, beginTicks),
            beginTicks,
            Instant.ofEpochSecond(0, endTicks),
            endTicks,
            objectOffset,
            events);
    StoredProcess process = MadeBlocks.source(List.of(), List.of()).process();
    return new SourceBlock(
        new StoredBlock(block, 0, Instant.EPOCH), new StoredStream(info, Instant.EPOCH), process);
  }
}
