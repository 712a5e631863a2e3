package micromegas.query.duckdb;

import micromegas.common.ResourceExhaustedException;
import org.apache.arrow.memory.BufferAllocator;

/// The bound on batches that wait for their readers. It is looked at before a batch is taken from
/// the engine: a limit of the allocator itself would be met in the middle of taking one, and what
/// the engine had allocated for it would then never be freed (arrow-c-data 18.3).
///
/// @param allocator of the batches of all queries
/// @param limitBytes Long.MAX_VALUE for none
record BatchMemory(BufferAllocator allocator, long limitBytes) {

  /// @throws ResourceExhaustedException when the batches take more than the bound
  void requireRoom() {
    long used = allocator.getAllocatedMemory();
    if (used > limitBytes) {
      throw new ResourceExhaustedException(
          "the memory for batches on their way to clients (a tenth of --memory, %d MiB) is used up: %d MiB wait to be read"
              .formatted(limitBytes >> 20, used >> 20));
    }
  }
}
