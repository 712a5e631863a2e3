package micromegas.ingestion.otlp;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import micromegas.common.Nanos;
import micromegas.common.ResourceExhaustedException;
import micromegas.ingestion.Caller;
import micromegas.ingestion.Door;
import micromegas.ingestion.IngestionService;
import micromegas.otlp.Signal;
import micromegas.otlp.block.BlockSummary;
import micromegas.otlp.identity.OtlpIds;
import micromegas.otlp.json.JsonTranscoder;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;

/// Stores OTLP: each resource of a request becomes one block of the process that the resource
/// describes. When a method returns, everything that it was given is durable; when it throws,
/// sending the same again is safe, since ids are computed from the content. A request is checked as
/// a whole before any of it is stored. Thread-safe.
///
/// Every method throws [CorruptDataException] for what cannot be read,
/// [micromegas.common.BadRequestException] for a resource over a limit, [ConflictException] when a
/// process belongs to another write audience, and [UnavailableException] when the database or the
/// object store fails.
public final class OtlpIngestion {
  private static final byte[] NO_CONTEXT = {};

  private final IngestionService service;
  private final OtlpSettings settings;
  private final Clock clock;
  private final Senders senders;
  private final JsonTranscoder json;

  public OtlpIngestion(IngestionService service, OtlpSettings settings, Clock clock) {
    this.service = service;
    this.settings = settings;
    this.clock = clock;
    this.senders = new Senders(service, settings);
    this.json = new JsonTranscoder(settings.maxDecodedBytes());
  }

  /// The limits that the doors keep.
  public OtlpSettings settings() {
    return settings;
  }

  /// Counts a request that a door has refused, if it was for what the request is.
  public void refused(Door door, Failure failure) {
    if (failure.isRejection()) {
      rejected(door);
    }
  }

  /// Counts a request that a door has refused for what it is.
  public void rejected(Door door) {
    service.rejected(door);
  }

  /// Stores the request in `request[begin, end)`, in protobuf.
  public ExportResult export(Signal signal, byte[] request, int begin, int end, Caller caller) {
    List<PreparedBlock> blocks = new RequestSplitter(settings).split(signal, request, begin, end);
    return store(signal, blocks, NO_CONTEXT, caller);
  }

  /// Stores the request in `request[begin, end)`, in JSON.
  ///
  /// @throws ResourceExhaustedException when it is longer in protobuf than
  ///   [OtlpSettings#maxDecodedBytes]
  public ExportResult exportJson(Signal signal, byte[] request, int begin, int end, Caller caller) {
    byte[] protobuf = json.transcode(signal, request, begin, end);
    return export(signal, protobuf, 0, protobuf.length, caller);
  }

  /// Stores resource messages that are in canonical form.
  ///
  /// @param context what tells equal messages apart; see [OtlpIds#block]
  public ExportResult storeCanonical(
      Signal signal, List<byte[]> messages, byte[] context, Caller caller) {
    RequestSplitter splitter = new RequestSplitter(settings);
    List<PreparedBlock> blocks = new ArrayList<>();
    messages.forEach(message -> splitter.add(signal, message, blocks));
    return store(signal, blocks, context, caller);
  }

  private ExportResult store(
      Signal signal, List<PreparedBlock> blocks, byte[] context, Caller caller) {
    SideBySide.run(blocks, settings.maxParallelBlocks(), block -> store(block, context, caller));
    return new ExportResult(
        signal, blocks.stream().mapToLong(block -> block.summary().rejected()).sum());
  }

  private void store(PreparedBlock block, byte[] context, Caller caller) {
    BlockSummary summary = block.summary();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Instant begin = summary.isTimed() ? Nanos.toInstant(summary.beginNanos()) : now;
    Instant end = summary.isTimed() ? Nanos.toInstant(summary.endNanos()) : now;
    Sender sender = senders.registered(block, caller, begin);
    BlockInfo info =
        new BlockInfo(
            OtlpIds.block(caller.audience(), context, block.message()),
            sender.streamId(),
            sender.processId(),
            begin,
            Nanos.fromInstant(begin),
            end,
            Nanos.fromInstant(end),
            0,
            summary.records());
    service.insertBlock(info, new BlockPayload(NO_CONTEXT, block.message()));
  }
}
