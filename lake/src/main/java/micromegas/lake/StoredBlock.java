package micromegas.lake;

import java.time.Instant;
import micromegas.transit.BlockInfo;

/// A row of `blocks`.
///
/// @param payloadSize bytes of the stored object; an estimate after races on one block id
/// @param insertTime server clock just before the row was inserted, microsecond precision
public record StoredBlock(BlockInfo info, long payloadSize, Instant insertTime) {

  /// Key of the payload object, relative to the lake root.
  public String objectKey() {
    return objectKey(info);
  }

  /// Key under which the payload of `info` is stored, relative to the lake root.
  public static String objectKey(BlockInfo info) {
    return "blobs/" + info.processId() + "/" + info.streamId() + "/" + info.blockId();
  }
}
