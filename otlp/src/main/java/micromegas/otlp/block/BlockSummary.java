package micromegas.otlp.block;

/// What the row of a block says about the records in its payload.
///
/// @param records number of records (log records, spans, data points; a summary point counts four
///   times, for the rows it may become); 0 when there is nothing to store
/// @param isTimed whether the two bounds are known; otherwise the time of arrival stands for both
/// @param beginNanos earliest time in nanoseconds since 1970, as a signed number
/// @param endNanos latest time, likewise; may lie before `beginNanos` for spans with broken times
/// @param rejected records that will never become a row: spans without a valid id or time, data
///   points without time or value
public record BlockSummary(
    int records, boolean isTimed, long beginNanos, long endNanos, int rejected) {}
