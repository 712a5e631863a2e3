package micromegas.query;

/// The two columns that bound a row in event time; the same name twice for rows that are instants.
///
/// A row meets the range `[begin, end]` when `min <= end AND max >= begin`.
///
/// @param ordered whether `min <= max` in every row, as for spans: then any condition on one of the
///   columns bounds both. Times of different clocks are not ordered
public record EventTimeColumns(String min, String max, boolean ordered) {

  /// Columns that need not be ordered.
  public EventTimeColumns(String min, String max) {
    this(min, max, min.equals(max));
  }

  public static EventTimeColumns instant(String column) {
    return new EventTimeColumns(column, column);
  }
}
