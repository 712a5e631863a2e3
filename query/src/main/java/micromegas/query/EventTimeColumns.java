package micromegas.query;

/// The two columns that bound a row in event time; the same name twice for rows that are instants.
///
/// A row meets the range `[begin, end]` when `min <= end AND max >= begin`.
public record EventTimeColumns(String min, String max) {
  public static EventTimeColumns instant(String column) {
    return new EventTimeColumns(column, column);
  }
}
