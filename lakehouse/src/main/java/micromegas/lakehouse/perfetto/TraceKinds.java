package micromegas.lakehouse.perfetto;

import micromegas.common.BadRequestException;

/// What a trace shows.
///
/// @param threads spans of threads
/// @param async asynchronous spans
/// @param counters measures
record TraceKinds(boolean threads, boolean async, boolean counters) {

  /// @throws BadRequestException for any other text
  static TraceKinds parse(String text) {
    return switch (text) {
      case "thread" -> new TraceKinds(true, false, false);
      case "async" -> new TraceKinds(false, true, false);
      case "both" -> new TraceKinds(true, true, false);
      case "all" -> new TraceKinds(true, true, true);
      default ->
          throw new BadRequestException(
              "span_types must be 'thread', 'async', 'both' or 'all', given: " + text);
    };
  }
}
