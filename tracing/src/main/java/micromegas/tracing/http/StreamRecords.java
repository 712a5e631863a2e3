package micromegas.tracing.http;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import micromegas.transit.StreamInfo;
import org.jspecify.annotations.Nullable;

/// Which streams the server knows. A block is of no use without the record of its stream, and the
/// other way round; so a record is made for the first block that is accepted, blocks wait behind it
/// until it is stored, and when it is refused for good they share its fate. Threads that come and
/// go leave nothing here once their blocks are gone. Guarded by its queue.
final class StreamRecords {
  /// Streams that are remembered as known to the server; for those that were not used for the
  /// longest the record is sent again, which costs a request and nothing else.
  static final int MAX_KNOWN = Integer.getInteger("micromegas.telemetry.streams.max", 16_384);

  private final Map<UUID, Upload> unknown = new HashMap<>();
  private final Map<UUID, Boolean> known;

  /// @param maxKnown streams
  StreamRecords(int maxKnown) {
    known =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
            return size() > maxKnown;
          }
        };
  }

  /// Whether blocks of that stream may be sent.
  boolean isKnown(StreamInfo stream) {
    return known.get(stream.streamId()) != null;
  }

  /// The record that waits or is being sent, or null.
  @Nullable Upload waiting(StreamInfo stream) {
    return unknown.get(stream.streamId());
  }

  /// A record for a stream that has none.
  Upload make(StreamInfo stream) {
    Upload made = Upload.stream(stream);
    unknown.put(stream.streamId(), made);
    return made;
  }

  /// A record has been stored, or will never be.
  ///
  /// @return the blocks that waited for it
  List<Upload> settle(Upload upload, boolean stored) {
    StreamInfo stream = upload.stream();
    if (stream == null) {
      return List.of();
    }
    unknown.remove(stream.streamId());
    if (stored) {
      known.put(stream.streamId(), Boolean.TRUE);
    }
    return upload.takeFollowers();
  }
}
