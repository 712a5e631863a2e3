package micromegas.lake.envelope;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import micromegas.transit.UserDefinedType;
import org.jspecify.annotations.Nullable;

/// Reads the bodies of the three native requests (`wire.md` 3): CBOR maps with every field exactly
/// once, unknown fields ignored, anything after the first item ignored. Immutable and thread-safe.
///
/// Every method throws BadRequestException, and nothing else, for a body that does not follow the
/// protocol or exceeds a limit; the message says where and why.
public final class EnvelopeReader {
  private final EnvelopeLimits limits;

  public EnvelopeReader(EnvelopeLimits limits) {
    this.limits = limits;
  }

  /// With [EnvelopeLimits#DEFAULTS].
  public EnvelopeReader() {
    this(EnvelopeLimits.DEFAULTS);
  }

  /// Body of `insert_process`.
  public ProcessInfo readProcess(byte[] body) {
    try {
      return process(reader(body));
    } catch (MalformedCborException e) {
      throw new BadRequestException("insert_process: " + e.getMessage(), e);
    }
  }

  /// Body of `insert_stream`; the format is always [StreamInfo#TRANSIT_FORMAT].
  public StreamInfo readStream(byte[] body) {
    try {
      return stream(reader(body));
    } catch (MalformedCborException e) {
      throw new BadRequestException("insert_stream: " + e.getMessage(), e);
    }
  }

  /// Body of `insert_block`. The payload's buffers are copies.
  public BlockEnvelope readBlock(byte[] body) {
    try {
      return block(reader(body));
    } catch (MalformedCborException e) {
      throw new BadRequestException("insert_block: " + e.getMessage(), e);
    }
  }

  private CborReader reader(byte[] body) {
    return new CborReader(body, limits.maxDepth(), limits.maxTextBytes());
  }

  private ProcessInfo process(CborReader in) throws MalformedCborException {
    @Nullable UUID processId = null;
    @Nullable String exe = null;
    @Nullable String username = null;
    @Nullable String realname = null;
    @Nullable String computer = null;
    @Nullable String distro = null;
    @Nullable String cpuBrand = null;
    @Nullable Long tscFrequency = null;
    @Nullable Instant startTime = null;
    @Nullable Long startTicks = null;
    @Nullable Optional<UUID> parent = null;
    @Nullable Map<String, String> properties = null;
    in.beginMap();
    for (String key = in.nextKey(); key != null; key = in.nextKey()) {
      switch (key) {
        case "process_id" -> processId = Fields.once(in, key, processId, Fields.uuid(in));
        case "exe" -> exe = Fields.once(in, key, exe, in.readText());
        case "username" -> username = Fields.once(in, key, username, in.readText());
        case "realname" -> realname = Fields.once(in, key, realname, in.readText());
        case "computer" -> computer = Fields.once(in, key, computer, in.readText());
        case "distro" -> distro = Fields.once(in, key, distro, in.readText());
        case "cpu_brand" -> cpuBrand = Fields.once(in, key, cpuBrand, in.readText());
        case "tsc_frequency" -> tscFrequency = Fields.once(in, key, tscFrequency, in.readLong());
        case "start_time" -> startTime = Fields.once(in, key, startTime, Fields.lenientTime(in));
        case "start_ticks" -> startTicks = Fields.once(in, key, startTicks, in.readLong());
        case "parent_process_id" -> parent = Fields.once(in, key, parent, parent(in));
        case "properties" ->
            properties = Fields.once(in, key, properties, Fields.properties(in, limits));
        default -> in.skip();
      }
    }
    return new ProcessInfo(
        Fields.required(in, "process_id", processId),
        Fields.required(in, "exe", exe),
        Fields.required(in, "username", username),
        Fields.required(in, "realname", realname),
        Fields.required(in, "computer", computer),
        Fields.required(in, "distro", distro),
        Fields.required(in, "cpu_brand", cpuBrand),
        Fields.required(in, "tsc_frequency", tscFrequency),
        Fields.required(in, "start_time", startTime),
        Fields.required(in, "start_ticks", startTicks),
        Fields.required(in, "parent_process_id", parent),
        Fields.required(in, "properties", properties));
  }

  private StreamInfo stream(CborReader in) throws MalformedCborException {
    @Nullable UUID processId = null;
    @Nullable UUID streamId = null;
    @Nullable List<UserDefinedType> dependencies = null;
    @Nullable List<UserDefinedType> objects = null;
    @Nullable List<String> tags = null;
    @Nullable Map<String, String> properties = null;
    in.beginMap();
    for (String key = in.nextKey(); key != null; key = in.nextKey()) {
      switch (key) {
        case "process_id" -> processId = Fields.once(in, key, processId, Fields.uuid(in));
        case "stream_id" -> streamId = Fields.once(in, key, streamId, Fields.uuid(in));
        case "dependencies_metadata" ->
            dependencies = Fields.once(in, key, dependencies, TypeMetadataCodec.read(in, limits));
        case "objects_metadata" ->
            objects = Fields.once(in, key, objects, TypeMetadataCodec.read(in, limits));
        case "tags" -> tags = Fields.once(in, key, tags, tags(in));
        case "properties" ->
            properties = Fields.once(in, key, properties, Fields.properties(in, limits));
        default -> in.skip();
      }
    }
    return new StreamInfo(
        Fields.required(in, "process_id", processId),
        Fields.required(in, "stream_id", streamId),
        Fields.required(in, "dependencies_metadata", dependencies),
        Fields.required(in, "objects_metadata", objects),
        Fields.required(in, "tags", tags),
        Fields.required(in, "properties", properties),
        StreamInfo.TRANSIT_FORMAT);
  }

  private static BlockEnvelope block(CborReader in) throws MalformedCborException {
    @Nullable UUID blockId = null;
    @Nullable UUID streamId = null;
    @Nullable UUID processId = null;
    @Nullable Instant beginTime = null;
    @Nullable Long beginTicks = null;
    @Nullable Instant endTime = null;
    @Nullable Long endTicks = null;
    PayloadCodec.@Nullable Slices payload = null;
    @Nullable Long objectOffset = null;
    @Nullable Integer nbObjects = null;
    in.beginMap();
    for (String key = in.nextKey(); key != null; key = in.nextKey()) {
      switch (key) {
        case "block_id" -> blockId = Fields.once(in, key, blockId, Fields.uuid(in));
        case "stream_id" -> streamId = Fields.once(in, key, streamId, Fields.uuid(in));
        case "process_id" -> processId = Fields.once(in, key, processId, Fields.uuid(in));
        case "begin_time" -> beginTime = Fields.once(in, key, beginTime, Fields.strictTime(in));
        case "begin_ticks" -> beginTicks = Fields.once(in, key, beginTicks, in.readLong());
        case "end_time" -> endTime = Fields.once(in, key, endTime, Fields.strictTime(in));
        case "end_ticks" -> endTicks = Fields.once(in, key, endTicks, in.readLong());
        case "payload" -> payload = Fields.once(in, key, payload, PayloadCodec.read(in));
        case "object_offset" -> objectOffset = Fields.once(in, key, objectOffset, in.readLong());
        case "nb_objects" -> nbObjects = Fields.once(in, key, nbObjects, in.readInt());
        default -> in.skip();
      }
    }
    BlockInfo info =
        new BlockInfo(
            Fields.required(in, "block_id", blockId),
            Fields.required(in, "stream_id", streamId),
            Fields.required(in, "process_id", processId),
            Fields.required(in, "begin_time", beginTime),
            Fields.required(in, "begin_ticks", beginTicks),
            Fields.required(in, "end_time", endTime),
            Fields.required(in, "end_ticks", endTicks),
            Fields.required(in, "object_offset", objectOffset),
            Fields.required(in, "nb_objects", nbObjects));
    PayloadCodec.Slices slices = Fields.required(in, "payload", payload);
    return new BlockEnvelope(
        info, new BlockPayload(slices.dependencies().toArray(), slices.objects().toArray()));
  }

  private static Optional<UUID> parent(CborReader in) throws MalformedCborException {
    String text = in.readTextOrNull();
    return text == null || text.isEmpty() ? Optional.empty() : Optional.of(Fields.uuid(in, text));
  }

  private List<String> tags(CborReader in) throws MalformedCborException {
    List<String> tags = new ArrayList<>();
    in.beginArray();
    while (in.hasNext()) {
      tags.add(in.readText());
      if (tags.size() > limits.maxProperties()) {
        throw in.malformed("more than " + limits.maxProperties() + " tags");
      }
    }
    return tags;
  }
}
