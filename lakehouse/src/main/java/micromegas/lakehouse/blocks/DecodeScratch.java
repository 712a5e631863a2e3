package micromegas.lakehouse.blocks;

import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import micromegas.common.CorruptDataException;
import micromegas.lake.envelope.ByteSlice;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.transit.CorruptBlockException;
import micromegas.transit.DependencyTable;
import micromegas.transit.Lz4FrameReader;
import micromegas.transit.ObjectCursor;
import micromegas.transit.StreamInfo;
import micromegas.transit.TransitLayout;
import org.jspecify.annotations.Nullable;

/// Buffers and compiled layouts that one decoding thread keeps from block to block. Not
/// thread-safe. Holds at most a few times [DecodeLimits#maxDecompressedBytes] after a block of that
/// size, else a few megabytes.
public final class DecodeScratch {
  /// Streams whose compiled layouts are kept.
  private static final int MAX_STREAMS = 256;

  final DependencyTable dependencies = new DependencyTable();
  final ObjectCursor cursor = new ObjectCursor();
  final TextBudget budget;
  final TextIndex targets = new TextIndex(dependencies);
  final TextIndex files = new TextIndex(dependencies);
  final TextIndex names = new TextIndex(dependencies);
  final TextIndex units = new TextIndex(dependencies);
  final PropertyIndex properties;
  final LogDescriptors logDescriptors = new LogDescriptors(dependencies);
  final MetricDescriptors metricDescriptors = new MetricDescriptors(dependencies);
  final CallSites sites = new CallSites(dependencies);

  private final JsonbObject json = new JsonbObject();
  private final Lz4FrameReader dependencyFrame;
  private final Lz4FrameReader objectFrame;
  private final Map<UUID, CompiledStream> streams =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, CompiledStream> eldest) {
          return size() > MAX_STREAMS;
        }
      };
  private Map<String, String> lastProcessProperties = Map.of();
  private byte[] lastProcessDocument = {0x40, 0, 0, 0};
  private final DecodeLimits limits;
  private final Map<Class<?>, Object> parts = new IdentityHashMap<>();

  public DecodeScratch(DecodeLimits limits) {
    this.limits = limits;
    budget = new TextBudget(limits.maxTextBytes());
    properties = new PropertyIndex(dependencies, json, budget);
    dependencyFrame = new Lz4FrameReader(limits.maxDecompressedBytes());
    objectFrame = new Lz4FrameReader(limits.maxDecompressedBytes());
  }

  /// With [DecodeLimits#DEFAULTS].
  public DecodeScratch() {
    this(DecodeLimits.DEFAULTS);
  }

  /// The part of another format's decoders, made when it is first asked for.
  public <T> T part(Class<T> type, Function<DecodeLimits, T> maker) {
    return type.cast(parts.computeIfAbsent(type, missing -> maker.apply(limits)));
  }

  /// What is worth keeping of a stream.
  private static final class CompiledStream {
    final StreamInfo stream;
    final TransitLayout layout;
    private final Map<EventTypes<?>, EventPlan<?>> plans = new IdentityHashMap<>();

    CompiledStream(StreamInfo stream) {
      this.stream = stream;
      this.layout = TransitLayout.compile(stream);
    }

    @SuppressWarnings("unchecked") // a plan was made for the types it is kept under
    <F extends EventFields> EventPlan<F> plan(EventTypes<F> types) {
      @Nullable EventPlan<?> known = plans.get(types);
      if (known == null) {
        known = new EventPlan<>(layout, types);
        plans.put(types, known);
      }
      return (EventPlan<F>) known;
    }
  }

  /// Decompresses the block, decodes its dependencies and puts the cursor before its first event.
  ///
  /// @param types the events that the caller reads
  /// @throws CorruptDataException when the payload is no payload
  /// @throws CorruptBlockException when its buffers are damaged
  <F extends EventFields> OpenBlock<F> open(
      SourceBlock source, byte[] payload, EventTypes<F> types) {
    StreamInfo info = source.stream().info();
    if (!info.format().equals(StreamInfo.TRANSIT_FORMAT)) {
      throw new CorruptDataException("format " + info.format() + " is not native");
    }
    PayloadCodec.Slices slices = PayloadCodec.slices(payload);
    CompiledStream stream = compiled(info);
    budget.reset();
    read(dependencyFrame, slices.dependencies());
    dependencies.decode(
        stream.layout.dependencies(), dependencyFrame.bytes(), 0, dependencyFrame.size());
    read(objectFrame, slices.objects());
    cursor.reset(stream.layout.objects(), objectFrame.bytes(), 0, objectFrame.size());
    return new OpenBlock<>(source, this, stream.plan(types));
  }

  /// The JSONB document of the properties of a process; blocks of one process share it.
  byte[] processDocument(Map<String, String> processProperties) {
    if (processProperties != lastProcessProperties) {
      json.clear();
      processProperties.forEach((key, value) ->
          json.add(key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)));
      json.encode();
      lastProcessDocument = json.toByteArray();
      lastProcessProperties = processProperties;
    }
    return lastProcessDocument;
  }

  private CompiledStream compiled(StreamInfo info) {
    CompiledStream known = streams.get(info.streamId());
    if (known == null || !sameLayout(known.stream, info)) {
      known = new CompiledStream(info);
      streams.put(info.streamId(), known);
    }
    return known;
  }

  private static boolean sameLayout(StreamInfo a, StreamInfo b) {
    return a == b
        || (a.dependenciesMetadata().equals(b.dependenciesMetadata())
            && a.objectsMetadata().equals(b.objectsMetadata()));
  }

  private static void read(Lz4FrameReader frame, ByteSlice slice) {
    frame.read(slice.array(), slice.offset(), slice.length());
  }
}
