package micromegas.ingestion;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.common.CorruptDataException;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.BlockEnvelope;
import micromegas.lake.envelope.EnvelopeReader;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lake.metadata.MetadataStore;
import micromegas.lake.objects.ObjectStore;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stores telemetry. When a method returns, what it was given is durable; when it throws, sending
/// the same again is safe and heals whatever was left half done. Every id is stored once: the first
/// writer wins, later ones change nothing. Nothing is required about order: a block may come before
/// its stream or process. Thread-safe.
///
/// Every method that stores throws [BadRequestException] or [CorruptDataException] for an envelope
/// that cannot be read, and [micromegas.common.UnavailableException] when the database or the
/// object store fails.
public final class IngestionService {
  private static final Logger LOG = LoggerFactory.getLogger(IngestionService.class);

  /// Property that carries the write audience of a process.
  public static final String AUDIENCE_PROPERTY = StorableText.RESERVED_PREFIX + "audience";

  private final MetadataStore metadata;
  private final ObjectStore objects;
  private final EnvelopeReader envelopes;
  private final Clock clock;
  private final IngestionCounters counters = new IngestionCounters();

  public IngestionService(
      MetadataStore metadata, ObjectStore objects, EnvelopeReader envelopes, Clock clock) {
    this.metadata = metadata;
    this.objects = objects;
    this.envelopes = envelopes;
    this.clock = clock;
  }

  /// Registers the process of a CBOR envelope.
  ///
  /// @return whether the process is new
  /// @throws ConflictException as [#insertProcess(ProcessInfo, Caller)]
  public boolean insertProcess(byte[] envelope, Caller caller) {
    return countedEnvelope(() -> storeProcess(envelopes.readProcess(envelope), caller));
  }

  /// Registers a process. Client properties in the namespace `micromegas.` are dropped; the
  /// audience of the caller, if any, is recorded with the process.
  ///
  /// @return whether the process is new
  /// @throws ConflictException when the caller has an audience and the process is registered under
  ///   another one
  public boolean insertProcess(ProcessInfo info, Caller caller) {
    return counted(() -> storeProcess(info, caller));
  }

  /// Registers the stream of a CBOR envelope.
  ///
  /// @return whether the stream is new
  public boolean insertStream(byte[] envelope) {
    return countedEnvelope(() -> storeStream(envelopes.readStream(envelope)));
  }

  /// Registers a stream.
  ///
  /// @return whether the stream is new
  public boolean insertStream(StreamInfo info) {
    return counted(() -> storeStream(info));
  }

  /// Stores the block of a CBOR envelope.
  public BlockOutcome insertBlock(byte[] envelope) {
    return countedEnvelope(() -> {
      BlockEnvelope block = envelopes.readBlock(envelope);
      return storeBlock(block.info(), block.payload());
    });
  }

  /// Stores a block: its payload as an object, then its row.
  public BlockOutcome insertBlock(BlockInfo info, BlockPayload payload) {
    return counted(() -> storeBlock(info, payload));
  }

  /// Counts a request that a door has refused for what it is. Envelopes that cannot be read are
  /// counted here already.
  public void rejected(Door door) {
    counters.rejected(door);
  }

  /// What has happened so far.
  public IngestionMetrics metrics() {
    return counters.snapshot();
  }

  private boolean storeProcess(ProcessInfo sent, Caller caller) {
    ProcessInfo info = withAudience(StorableText.of(sent), caller.audience());
    boolean isNew = metadata.insertProcess(new StoredProcess(info, now()));
    if (!isNew && caller.audience().isPresent()) {
      checkOwner(info, caller, caller.audience().get());
    }
    counters.process(isNew);
    LOG.debug("process {}: {}", info.processId(), isNew ? "registered" : "known already");
    return isNew;
  }

  private boolean storeStream(StreamInfo sent) {
    StreamInfo info = StorableText.of(sent);
    boolean isNew = metadata.insertStream(new StoredStream(info, now()));
    counters.stream(isNew);
    LOG.debug(
        "stream {} of process {}: {}",
        info.streamId(),
        info.processId(),
        isNew ? "registered" : "known already");
    return isNew;
  }

  /// The object first: a crash in between leaves an object that nobody sees and that the client's
  /// retry completes, never a row without its data.
  private BlockOutcome storeBlock(BlockInfo info, BlockPayload payload) {
    byte[] object = PayloadCodec.encode(payload);
    boolean objectIsNew = objects.putIfAbsent(StoredBlock.objectKey(info), object);
    boolean rowIsNew = metadata.insertBlock(new StoredBlock(info, object.length, now()));
    BlockOutcome outcome = BlockOutcome.of(objectIsNew, rowIsNew);
    counters.block(outcome, object.length);
    if (outcome == BlockOutcome.STORED) {
      LOG.debug("block {} of stream {}: stored", info.blockId(), info.streamId());
    } else {
      LOG.info("block {} of stream {}: {}", info.blockId(), info.streamId(), outcome);
    }
    return outcome;
  }

  private static ProcessInfo withAudience(ProcessInfo info, Optional<String> audience) {
    if (audience.isEmpty()) {
      return info;
    }
    Map<String, String> properties = new LinkedHashMap<>(info.properties());
    properties.put(AUDIENCE_PROPERTY, audience.get());
    return new ProcessInfo(
        info.processId(),
        info.exe(),
        info.username(),
        info.realname(),
        info.computer(),
        info.distro(),
        info.cpuBrand(),
        info.tscFrequency(),
        info.startTime(),
        info.startTicks(),
        info.parentProcessId(),
        properties);
  }

  /// A process that was registered without audience stays open to everybody and is never stamped
  /// later.
  private void checkOwner(ProcessInfo info, Caller caller, String audience) {
    Optional<String> owner =
        metadata
            .findProcess(info.processId())
            .map(stored -> stored.info().properties().get(AUDIENCE_PROPERTY));
    if (owner.isPresent() && !owner.get().equals(audience)) {
      throw new ConflictException(
          "process %s is registered under audience '%s', caller %s has '%s'"
              .formatted(info.processId(), owner.get(), caller.name(), audience));
    }
  }

  /// PostgreSQL keeps microseconds; truncated here, since its driver rounds.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private <T> T countedEnvelope(Supplier<T> action) {
    try {
      return counted(action);
    } catch (BadRequestException | CorruptDataException e) {
      counters.rejected(Door.NATIVE);
      throw e;
    }
  }

  private <T> T counted(Supplier<T> action) {
    try {
      return action.get();
    } catch (RuntimeException e) {
      counters.error(e);
      throw e;
    }
  }
}
