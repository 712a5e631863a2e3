package micromegas.lakehouse.materialize;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import micromegas.lake.StoredBlock;
import micromegas.lakehouse.parquet.EncodedRowGroup;

/// What a worker made of a [BlockChunk].
///
/// @param objects events of the blocks that were read, and of those whose format the view set does
///   not know
record DecodedChunk(
    List<EncodedRowGroup> groups,
    long minEventNanos,
    long maxEventNanos,
    long objects,
    List<UUID> decoded,
    List<Failure> failures) {

  /// The same with `more` row groups behind the present ones.
  DecodedChunk with(List<EncodedRowGroup> more) {
    List<EncodedRowGroup> all = new ArrayList<>(groups);
    all.addAll(more);
    return new DecodedChunk(all, minEventNanos, maxEventNanos, objects, decoded, failures);
  }

  /// A block that left no row.
  record Failure(StoredBlock block, int decoderVersion, String error) {}
}
