package micromegas.query;

import micromegas.common.TimeRange;

/// One call of a [TableFunction] in one query.
///
/// @param arguments constants of the SQL text
/// @param range the event-time range of the query, [TimeRange#ALL] when it has none. It filters
///   nothing by itself: functions apply it if their rows have a time
/// @param materialize whether tables may be brought up to date; false for EXPLAIN and for
///   describing a query
/// @param queries runs queries over the same catalog, for this query
public record FunctionCall(
    Arguments arguments, TimeRange range, boolean materialize, SubQueries queries) {}
