package micromegas.query.duckdb;

import java.lang.foreign.MemorySegment;

/// Converts one vector; called from C, on any thread, several at a time.
interface CastKernel {
  /// @param info handle to report errors with
  /// @param count rows
  /// @param input flat vector of the source type
  /// @param output flat vector of the target type
  /// @return false when at least one value could not be converted; must not throw
  boolean run(MemorySegment info, long count, MemorySegment input, MemorySegment output);
}
