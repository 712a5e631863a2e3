package micromegas.ingestion.otlp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import micromegas.common.ConflictException;
import micromegas.common.Nanos;
import micromegas.ingestion.Caller;
import micromegas.ingestion.IngestionService;
import micromegas.lake.envelope.WireTime;
import micromegas.otlp.Signal;
import micromegas.otlp.identity.OtlpIds;
import micromegas.otlp.identity.ResourceAttributes;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Registers the processes and streams behind resources, and remembers for a while which ones it
/// has registered: a client repeats its resource in every request, and usually nothing else is
/// needed than to recognise its bytes. Forgetting is harmless, since registering again changes
/// nothing. Thread-safe.
final class Senders {
  private static final Logger LOG = LoggerFactory.getLogger(Senders.class);

  private static final long TICKS_PER_SECOND = 1_000_000_000L;

  /// Larger resources are registered each time.
  private static final int MAX_KEY_BYTES = 65_536;

  /// Rough size of an entry without its key.
  private static final int ENTRY_BYTES = 256;

  private final IngestionService service;
  private final Cache<SenderKey, Sender> known;

  Senders(IngestionService service, OtlpSettings settings) {
    this.service = service;
    this.known =
        Caffeine.newBuilder()
            .maximumWeight(settings.maxRememberedBytes())
            .<SenderKey, Sender>weigher((key, sender) -> key.size() + ENTRY_BYTES)
            .expireAfterWrite(settings.registrationMemory())
            .executor(Runnable::run)
            .build();
  }

  /// The sender of a block; both of its rows are in PostgreSQL when this returns.
  ///
  /// @param began when the process began, if its resource does not say
  /// @throws ConflictException when the process belongs to another write audience
  Sender registered(PreparedBlock block, Caller caller, Instant began) {
    SenderKey key = SenderKey.of(block, caller.audience());
    Sender sender = known.getIfPresent(key);
    if (sender == null) {
      sender = register(block, caller, began);
      if (key.size() <= MAX_KEY_BYTES) {
        known.put(key.owned(), sender);
      }
    }
    return sender;
  }

  private Sender register(PreparedBlock block, Caller caller, Instant began) {
    ResourceAttributes resource =
        ResourceAttributes.read(block.message(), block.resourceBegin(), block.resourceEnd());
    UUID processId = OtlpIds.process(resource, caller.audience());
    UUID streamId = OtlpIds.stream(processId, block.signal());
    service.insertProcess(process(processId, resource, began), caller);
    service.insertStream(stream(processId, streamId, block.signal()));
    if (OtlpIds.isDegenerate(resource)) {
      LOG.debug(
          "process {}: its resource has no host.id, host.name, process.pid or service.instance.id,"
              + " so that several processes may count as this one",
          processId);
    }
    return new Sender(processId, streamId);
  }

  private static ProcessInfo process(UUID id, ResourceAttributes resource, Instant began) {
    String owner = resource.owner();
    Instant start =
        resource
            .declaredStartTime()
            .flatMap(text -> Optional.ofNullable(WireTime.parseStrict(text)))
            .orElse(began);
    return new ProcessInfo(
        id,
        resource.program(),
        owner,
        owner,
        resource.text("host.name"),
        resource.text("os.description"),
        resource.text("host.cpu.model.name"),
        TICKS_PER_SECOND,
        start,
        Nanos.fromInstant(start),
        Optional.empty(),
        resource.properties());
  }

  private static StreamInfo stream(UUID processId, UUID streamId, Signal signal) {
    return new StreamInfo(
        processId,
        streamId,
        List.of(),
        List.of(),
        List.of(signal.tag()),
        Map.of(),
        signal.format());
  }
}
