package micromegas.lakehouse.source;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import micromegas.lakehouse.materialize.InsertSlice;

/// Which blocks to list.
///
/// @param begin first insert time
/// @param end insert time after the last, exclusive
/// @param tag only blocks of streams with this tag
/// @param processId only blocks of this process
/// @param streamId only blocks of this stream
public record BlockQuery(
    Instant begin,
    Instant end,
    Optional<String> tag,
    Optional<UUID> processId,
    Optional<UUID> streamId) {

  /// All blocks inserted in a slice.
  public static BlockQuery of(InsertSlice slice) {
    return new BlockQuery(
        slice.begin(), slice.end(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  public BlockQuery withTag(String newTag) {
    return new BlockQuery(begin, end, Optional.of(newTag), processId, streamId);
  }

  public BlockQuery withProcess(UUID newProcessId) {
    return new BlockQuery(begin, end, tag, Optional.of(newProcessId), streamId);
  }

  public BlockQuery withStream(UUID newStreamId) {
    return new BlockQuery(begin, end, tag, processId, Optional.of(newStreamId));
  }
}
