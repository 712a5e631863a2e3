package micromegas.lakehouse.source;

/// What there is in each of the elementary intervals between sorted boundaries; arrays of one less
/// than the boundaries, not copied.
///
/// @param objects source objects of the interval (blocks, for views of block rows)
/// @param undecodable objects of blocks that the current decoder failed on; part of `objects`
/// @param outdated objects of blocks that only another decoder failed on, so that the current one
///   may read them; part of `objects`
/// @param unregistered blocks whose stream or process has not been registered, so that nothing
///   shows them yet; whatever their tag would be
@SuppressWarnings("ArrayRecordComponent") // read in place, compared nowhere
public record IntervalCounts(
    long[] objects, long[] undecodable, long[] outdated, long[] unregistered) {

  static IntervalCounts zero(int intervals) {
    return new IntervalCounts(
        new long[intervals], new long[intervals], new long[intervals], new long[intervals]);
  }
}
