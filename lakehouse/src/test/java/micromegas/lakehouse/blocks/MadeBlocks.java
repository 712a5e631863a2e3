package micromegas.lakehouse.blocks;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.Lz4FrameWriter;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import micromegas.transit.UserDefinedType;

/// Blocks made by tests: one tick is one nanosecond and the process started at 1970.
final class MadeBlocks {
  private static final UUID ID = new UUID(1, 2);

  private MadeBlocks() {}

  static SourceBlock source(List<UserDefinedType> dependencies, List<UserDefinedType> objects) {
    return source(dependencies, objects, 1_000_000_000, Instant.EPOCH, 0);
  }

  static SourceBlock source(
      List<UserDefinedType> dependencies,
      List<UserDefinedType> objects,
      long frequency,
      Instant end,
      long endTicks) {
    StreamInfo stream =
        new StreamInfo(
            ID,
            UUID.randomUUID(),
            dependencies,
            objects,
            List.of(),
            Map.of(),
            StreamInfo.TRANSIT_FORMAT);
    ProcessInfo process =
        new ProcessInfo(
            ID,
            "exe",
            "user",
            "real",
            "vm",
            "",
            "",
            frequency,
            Instant.EPOCH,
            0,
            Optional.empty(),
            Map.of("b", "2", "a", "1"));
    BlockInfo block =
        new BlockInfo(ID, stream.streamId(), ID, Instant.EPOCH, 0, end, endTicks, 0, 1);
    return new SourceBlock(
        new StoredBlock(block, 0, Instant.EPOCH),
        new StoredStream(stream, Instant.EPOCH),
        new StoredProcess(process, Instant.EPOCH));
  }

  /// The stored object of two uncompressed buffers in hexadecimal.
  static byte[] payload(String dependencies, String objects) {
    return payload(hex(dependencies), hex(objects));
  }

  static byte[] payload(byte[] dependencies, byte[] objects) {
    Lz4FrameWriter lz4 = new Lz4FrameWriter();
    return PayloadCodec.encode(
        new BlockPayload(
            lz4.compress(dependencies, dependencies.length),
            lz4.compress(objects, objects.length)));
  }

  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
  }

  static UserDefinedType variable(String name) {
    return new UserDefinedType(name, 0, List.of(), false);
  }
}
