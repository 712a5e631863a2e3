package micromegas.lakehouse.spans;

import micromegas.common.BadRequestException;

/// What the call tree of one file may hold in memory.
///
/// @param memoryRows rows above which complete ones go to a scratch file; about 32 bytes each
/// @param maxOpenSpans spans that are open at the same time; spans that begin inside more than that
///   are left out and counted
public record SpanLimits(int memoryRows, int maxOpenSpans) {
  public static final SpanLimits DEFAULT = new SpanLimits(1 << 20, 1 << 20);

  public SpanLimits {
    if (memoryRows < 1 || maxOpenSpans < 1) {
      throw new BadRequestException("a call tree needs a row and an open span at least");
    }
  }
}
