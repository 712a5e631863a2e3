package micromegas.lakehouse.blocks.otlp;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.otlp.Signal;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.apache.arrow.vector.types.pojo.Schema;

/// Blocks of one process, as the lake holds them.
final class OtlpBlocks {
  static final Instant BEGIN = Instant.parse("2026-11-23T19:59:58.123456789Z");
  static final Instant INSERTED = Instant.parse("2026-11-23T20:00:00.000001Z");

  private OtlpBlocks() {}

  static SourceBlock source(Signal signal) {
    return source(
        signal,
        UUID.fromString("0dcfcb9e-66df-5803-adde-b85584debfbd"),
        UUID.fromString("8ea0f086-c9d5-53db-ac80-ea2b2790fa54"),
        UUID.fromString("103535ab-e449-5c36-8f88-cde270d49706"),
        Map.of("otel.resource.service.name", "checkout"));
  }

  static SourceBlock source(
      Signal signal, UUID processId, UUID streamId, UUID blockId, Map<String, String> properties) {
    return new SourceBlock(
        new StoredBlock(
            new BlockInfo(blockId, streamId, processId, BEGIN, 0, BEGIN, 0, 1, 0), 1, INSERTED),
        new StoredStream(
            new StreamInfo(
                processId,
                streamId,
                List.of(),
                List.of(),
                List.of(signal.tag()),
                Map.of(),
                signal.format()),
            INSERTED),
        new StoredProcess(
            new ProcessInfo(
                processId,
                "checkout",
                "",
                "",
                "lab-host",
                "",
                "",
                1_000_000_000,
                BEGIN,
                0,
                Optional.empty(),
                properties),
            INSERTED));
  }

  static byte[] payload(byte[] message) {
    return PayloadCodec.encode(new BlockPayload(new byte[0], message));
  }

  /// Decodes one message into a batch of its own.
  static ColumnBatch decode(
      BlockProcessor processor,
      Signal signal,
      byte[] message,
      Schema schema,
      DecodeScratch scratch) {
    ColumnBatch batch = new ColumnBatch(schema);
    processor.process(source(signal), payload(message), batch, scratch);
    return batch;
  }
}
