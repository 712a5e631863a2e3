package micromegas.lakehouse.materialize;

import java.util.Collection;
import java.util.UUID;
import micromegas.lake.StoredBlock;

/// Remembers which blocks could not be decoded. Thread-safe.
public interface BlockErrorSink {

  /// The decoder of `viewSet` failed on `block`.
  void record(String viewSet, StoredBlock block, int decoderVersion, String error);

  /// These blocks were decoded, whatever happened before.
  ///
  /// @return how many had been recorded
  int forget(String viewSet, Collection<UUID> blockIds);
}
