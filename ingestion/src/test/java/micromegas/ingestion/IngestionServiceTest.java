package micromegas.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.common.UnavailableException;
import micromegas.lake.StoredBlock;
import micromegas.lake.envelope.EnvelopeReader;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.junit.jupiter.api.Test;

class IngestionServiceTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00.123456789Z");
  private static final UUID PROCESS = UUID.fromString("00000000-0000-0000-0000-000000000001");
  private static final Caller PLAYERS = new Caller("key-1", Optional.of("players"));
  private static final Caller STUDIO = new Caller("key-2", Optional.of("studio"));

  private final MemoryMetadata metadata = new MemoryMetadata();
  private final MemoryObjects objects = new MemoryObjects();
  private final IngestionService service =
      new IngestionService(
          metadata, objects, new EnvelopeReader(), Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void storesARecordedBlockAsItsCanonicalPayload() {
    assertThat(service.insertBlock(Vectors.block())).isEqualTo(BlockOutcome.STORED);

    BlockPayload sent = new EnvelopeReader().readBlock(Vectors.block()).payload();
    StoredBlock row = metadata.blocks.values().iterator().next();
    byte[] object = objects.get(row.objectKey());
    assertThat(object).isEqualTo(PayloadCodec.encode(sent));
    assertThat(row.payloadSize()).isEqualTo(object.length);
    assertThat(row.insertTime()).isEqualTo("2026-11-23T10:00:00.123456Z");
    assertThat(service.metrics().blocks()).isOne();
    assertThat(service.metrics().payloadBytes()).isEqualTo(object.length);
  }

  @Test
  void repeatingEverythingChangesNothing() {
    assertThat(service.insertProcess(Vectors.process(), Caller.ANONYMOUS)).isTrue();
    assertThat(service.insertStream(Vectors.logStream())).isTrue();
    assertThat(service.insertBlock(Vectors.block())).isEqualTo(BlockOutcome.STORED);
    Map<String, byte[]> stored = Map.copyOf(objects.objects);

    assertThat(service.insertProcess(Vectors.process(), Caller.ANONYMOUS)).isFalse();
    assertThat(service.insertStream(Vectors.logStream())).isFalse();
    assertThat(service.insertBlock(Vectors.block())).isEqualTo(BlockOutcome.DUPLICATE);

    assertThat(objects.objects).isEqualTo(stored);
    assertThat(service.metrics().duplicates()).isEqualTo(3);
  }

  @Test
  void aBlockMayComeBeforeItsStreamAndProcess() {
    assertThat(service.insertBlock(Vectors.block())).isEqualTo(BlockOutcome.STORED);
    assertThat(metadata.streams).isEmpty();
    assertThat(metadata.processes).isEmpty();
  }

  @Test
  void firstObjectAndFirstRowWinEachOnItsOwn() {
    BlockInfo info = block(7);
    service.insertBlock(info, payload(1));
    assertThat(service.insertBlock(block(9), payload(2))).isEqualTo(BlockOutcome.DUPLICATE);
    assertThat(metadata.blocks.get(info.blockId()).info().nbObjects()).isEqualTo(7);
    assertThat(objects.get(StoredBlock.objectKey(info))).isEqualTo(PayloadCodec.encode(payload(1)));
  }

  @Test
  void aRetryHealsAnObjectWithoutRow() {
    metadata.down.set(true);
    assertThatThrownBy(() -> service.insertBlock(block(7), payload(1)))
        .isInstanceOf(UnavailableException.class);
    assertThat(objects.objects).hasSize(1);
    assertThat(metadata.blocks).isEmpty();

    metadata.down.set(false);
    assertThat(service.insertBlock(block(7), payload(1))).isEqualTo(BlockOutcome.ORPHAN_HEALED);
    assertThat(metadata.blocks).hasSize(1);
    assertThat(service.metrics().failed()).isOne();
    assertThat(service.metrics().orphansHealed()).isOne();
  }

  @Test
  void anObjectThatIsGoneIsWrittenAgain() {
    service.insertBlock(block(7), payload(1));
    objects.objects.clear();
    assertThat(service.insertBlock(block(7), payload(1))).isEqualTo(BlockOutcome.OBJECT_RECREATED);
    assertThat(objects.objects).hasSize(1);
  }

  @Test
  void noRowWhenTheObjectStoreFails() {
    objects.down.set(true);
    assertThatThrownBy(() -> service.insertBlock(block(7), payload(1)))
        .isInstanceOf(UnavailableException.class);
    assertThat(metadata.blocks).isEmpty();
  }

  @Test
  void theNamespaceOfTheServerIsClosedToClients() {
    service.insertProcess(
        process("exe", Map.of("micromegas.audience", "forged", "micromegas.x", "1", "kept", "2")),
        Caller.ANONYMOUS);
    assertThat(metadata.processes.get(PROCESS).info().properties())
        .containsExactly(Map.entry("kept", "2"));

    service.insertStream(
        stream(List.of("log"), Map.of("micromegas.audience", "forged", "kept", "2")));
    assertThat(metadata.streams.values().iterator().next().info().properties())
        .containsExactly(Map.entry("kept", "2"));
  }

  @Test
  void theAudienceOfTheCallerIsRecordedAndGuardsTheProcess() {
    ProcessInfo info = process("exe", Map.of("a", "b"));
    service.insertProcess(info, PLAYERS);
    assertThat(metadata.processes.get(PROCESS).info().properties())
        .containsOnly(Map.entry("a", "b"), Map.entry("micromegas.audience", "players"));

    assertThat(service.insertProcess(info, PLAYERS)).isFalse();
    assertThat(service.insertProcess(info, Caller.ANONYMOUS)).isFalse();
    assertThatThrownBy(() -> service.insertProcess(info, STUDIO))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining(PROCESS.toString());
    assertThat(service.metrics().forbidden()).isOne();
  }

  @Test
  void aProcessWithoutAudienceIsNeverStampedLater() {
    ProcessInfo info = process("exe", Map.of());
    service.insertProcess(info, Caller.ANONYMOUS);
    assertThat(service.insertProcess(info, STUDIO)).isFalse();
    assertThat(metadata.processes.get(PROCESS).info().properties()).isEmpty();
  }

  @Test
  void anAudienceMustBeALabel() {
    assertThatThrownBy(() -> new Caller("key", Optional.of("no spaces")))
        .isInstanceOf(BadRequestException.class);
  }

  @Test
  void textThatPostgresRefusesIsMadeStorable() {
    String face = Character.toString(0x1F600);
    service.insertProcess(
        process(face.repeat(300), Map.of("n\0ul", "lone \ud800 surrogate", "pair", face)),
        Caller.ANONYMOUS);
    ProcessInfo stored = metadata.processes.get(PROCESS).info();
    assertThat(stored.exe()).isEqualTo(face.repeat(255));
    assertThat(stored.properties())
        .containsOnly(Map.entry("n\ufffdul", "lone \ufffd surrogate"), Map.entry("pair", face));

    service.insertStream(stream(List.of("l\0g"), Map.of()));
    assertThat(metadata.streams.values().iterator().next().info().tags())
        .containsExactly("l\ufffdg");
  }

  @Test
  void everyTruncationOfARequestIsRefusedAndStoresNothing() {
    byte[] body = Vectors.smallBlock();
    for (int length = 0; length < body.length; length++) {
      byte[] cut = Arrays.copyOf(body, length);
      assertThatThrownBy(() -> service.insertBlock(cut)).isInstanceOf(BadRequestException.class);
    }
    assertThat(objects.objects).isEmpty();
    assertThat(metadata.blocks).isEmpty();
    assertThat(service.metrics().rejected()).isEqualTo(body.length);
  }

  /// A flipped bit may still leave a valid request; what it must never do is end in another error,
  /// or leave an object without row.
  @Test
  void flippedBitsAreStoredWholeOrRefused() {
    Random random = new Random(42);
    byte[] body = Vectors.smallBlock();
    for (int round = 0; round < 5_000; round++) {
      byte[] flipped = body.clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        service.insertBlock(flipped);
      } catch (BadRequestException expected) {
        assertThat(expected).hasMessageNotContaining("Exception");
      }
    }
    assertThat(metadata.blocks.values())
        .allSatisfy(row -> assertThat(objects.size(row.objectKey())).isPresent());
    assertThat(service.metrics().failed()).isZero();
  }

  private static ProcessInfo process(String exe, Map<String, String> properties) {
    return new ProcessInfo(
        PROCESS, exe, "", "", "", "", "", 0, NOW, 0, Optional.empty(), properties);
  }

  private static StreamInfo stream(List<String> tags, Map<String, String> properties) {
    return new StreamInfo(
        PROCESS, new UUID(0, 2), List.of(), List.of(), tags, properties, StreamInfo.TRANSIT_FORMAT);
  }

  private static BlockInfo block(int nbObjects) {
    return new BlockInfo(new UUID(0, 3), new UUID(0, 2), PROCESS, NOW, 0, NOW, 10, 0, nbObjects);
  }

  private static BlockPayload payload(int content) {
    return new BlockPayload(new byte[] {(byte) content}, new byte[] {(byte) content, 2});
  }
}
