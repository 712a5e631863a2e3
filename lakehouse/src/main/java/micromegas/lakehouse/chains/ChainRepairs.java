package micromegas.lakehouse.chains;

/// What was wrong with the events of a chain and has been set right.
///
/// @param crossingEnds ends that came while spans inside theirs were open
/// @param cutSpans spans that were ended by a crossing end
/// @param strayEnds ends, while others were open, of spans that were not; ignored
/// @param movedBegins begins that went back in time; moved to the one before
/// @param leftOut spans inside too many open ones; they make no rows
public record ChainRepairs(
    long crossingEnds, long cutSpans, long strayEnds, long movedBegins, long leftOut) {
  public static final ChainRepairs NONE = new ChainRepairs(0, 0, 0, 0, 0);

  public boolean isEmpty() {
    return equals(NONE);
  }
}
