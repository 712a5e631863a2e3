package micromegas.lakehouse.spans;

/// What was wrong with the events of a chain and has been set right. Not thread-safe.
final class SpanRepairs {
  /// Ends that came while spans inside theirs were open.
  long crossingEnds;

  /// Spans that were ended by a crossing end.
  long cutSpans;

  /// Ends, while others were open, of spans that were not; ignored.
  long strayEnds;

  /// Begins that went back in time; moved to the one before.
  long movedBegins;

  /// Begins inside too many open spans; left out with their ends.
  long tooDeep;

  boolean isEmpty() {
    return crossingEnds == 0 && strayEnds == 0 && movedBegins == 0 && tooDeep == 0;
  }

  @Override
  public String toString() {
    return "%d crossing ends closed %d inner spans, %d ends without a span ignored, %d begins out of"
            .formatted(crossingEnds, cutSpans, strayEnds, movedBegins)
        + " order moved, %d spans inside too many others left out".formatted(tooDeep);
  }
}
