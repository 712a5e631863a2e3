package micromegas.lakehouse.blocks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.BlockEnvelope;
import micromegas.lake.envelope.EnvelopeReader;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.transit.StreamInfo;

/// The log and metric blocks that a real Rust client sent; its frequency is unknown on purpose.
final class RecordedProcess {
  static final Instant INSERTED = Instant.parse("2026-11-23T20:00:00.000001Z");

  /// A block as the lake holds it.
  record Stored(SourceBlock source, byte[] payload) {}

  private RecordedProcess() {}

  static List<Stored> logs() {
    return Stream.of("0006", "0008", "0017").map(RecordedProcess::block).toList();
  }

  static List<Stored> metrics() {
    return Stream.of("0009", "0012").map(RecordedProcess::block).toList();
  }

  static List<String> expected(String name) {
    return new String(load(name + ".jsonl"), StandardCharsets.UTF_8).lines().skip(1).toList();
  }

  private static Stored block(String name) {
    EnvelopeReader reader = new EnvelopeReader();
    Map<UUID, StreamInfo> streams =
        Stream.of("0001", "0002")
            .map(stream -> reader.readStream(load(stream + ".bin")))
            .collect(Collectors.toMap(StreamInfo::streamId, Function.identity()));
    BlockEnvelope envelope = reader.readBlock(load(name + ".bin"));
    byte[] payload = PayloadCodec.encode(envelope.payload());
    return new Stored(
        new SourceBlock(
            new StoredBlock(envelope.info(), payload.length, INSERTED),
            new StoredStream(streams.get(envelope.info().streamId()), INSERTED),
            new StoredProcess(reader.readProcess(load("0000.bin")), INSERTED)),
        payload);
  }

  private static byte[] load(String name) {
    try (InputStream in = RecordedProcess.class.getResourceAsStream("/native/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
