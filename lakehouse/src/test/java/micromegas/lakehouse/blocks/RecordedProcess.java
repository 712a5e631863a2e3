package micromegas.lakehouse.blocks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.BlockEnvelope;
import micromegas.lake.envelope.EnvelopeReader;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.transit.BlockInfo;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;

/// The blocks that a real Rust client sent; its frequency is unknown on purpose.
final class RecordedProcess {
  static final Instant INSERTED = Instant.parse("2026-11-23T20:00:00.000001Z");

  private static final List<String> STREAMS =
      List.of("0001", "0002", "0003", "0004", "0005", "0007", "0010", "0011", "0015");
  private static final List<String> BLOCKS =
      List.of(
          "0006", "0008", "0009", "0012", "0013", "0014", "0016", "0017", "0018", "0019", "0020",
          "0021");

  /// A block as the lake holds it.
  record Stored(SourceBlock source, byte[] payload) {}

  private RecordedProcess() {}

  static List<Stored> logs() {
    return tagged("log");
  }

  static List<Stored> metrics() {
    return tagged("metrics");
  }

  /// The blocks of streams with that tag, in the order in which they were sent.
  static List<Stored> tagged(String tag) {
    return BLOCKS.stream()
        .map(RecordedProcess::block)
        .filter(block -> block.source().stream().info().tags().contains(tag))
        .toList();
  }

  /// What the process's latest block tells about its clock.
  static TickConverter clock() {
    List<BlockInfo> blocks =
        BLOCKS.stream().map(name -> block(name).source().block().info()).toList();
    return TickConverter.ofEnd(
        block(BLOCKS.getFirst()).source().process().info(),
        blocks.stream().mapToLong(BlockInfo::endTicks).max().orElseThrow(),
        blocks.stream().map(BlockInfo::endTime).max(Comparator.naturalOrder()).orElseThrow());
  }

  /// The block of a process that knows its frequency.
  static SourceBlock withFrequency(SourceBlock source, long frequency) {
    ProcessInfo info = source.process().info();
    return new SourceBlock(
        source.block(),
        source.stream(),
        new StoredProcess(
            new ProcessInfo(
                info.processId(),
                info.exe(),
                info.username(),
                info.realname(),
                info.computer(),
                info.distro(),
                info.cpuBrand(),
                frequency,
                info.startTime(),
                info.startTicks(),
                info.parentProcessId(),
                info.properties()),
            INSERTED));
  }

  static List<String> expected(String name) {
    return new String(load(name + ".jsonl"), StandardCharsets.UTF_8).lines().skip(1).toList();
  }

  private static Stored block(String name) {
    EnvelopeReader reader = new EnvelopeReader();
    Map<UUID, StreamInfo> streams =
        STREAMS.stream()
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
