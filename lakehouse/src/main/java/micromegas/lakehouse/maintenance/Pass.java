package micromegas.lakehouse.maintenance;

import java.time.Duration;
import micromegas.common.BadRequestException;
import micromegas.lakehouse.materialize.InsertSlice;

/// What one pass covers.
///
/// @param range walked from its begin in steps of `delta`; a rest shorter than `delta` is left out
/// @param delta length of a slice; also the alignment of slices, so `range` should begin at a
///   multiple of it since 1970
/// @param recordEmpty whether slices without source objects and partitions get an empty partition.
///   Every-second passes go without, which spares the lake a row per view and second
public record Pass(InsertSlice range, Duration delta, boolean recordEmpty) {
  public Pass {
    if (delta.isZero() || delta.isNegative()) {
      throw new BadRequestException("the length of a slice must be positive, got " + delta);
    }
  }

  public static Pass of(InsertSlice range, Duration delta) {
    return new Pass(range, delta, true);
  }
}
