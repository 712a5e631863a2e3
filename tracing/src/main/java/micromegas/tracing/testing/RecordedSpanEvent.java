package micromegas.tracing.testing;

/// The begin or the end of a span that was read back.
///
/// @param ticks absolute
/// @param isBegin else it is an end
/// @param isAsync else it is a span of the stream's thread, and the next three are 0
/// @param id of the async span
/// @param parent of the async span, 0 for none
/// @param depth of the async span
public record RecordedSpanEvent(
    long ticks,
    boolean isBegin,
    boolean isAsync,
    String name,
    String target,
    String file,
    int line,
    long id,
    long parent,
    int depth) {}
