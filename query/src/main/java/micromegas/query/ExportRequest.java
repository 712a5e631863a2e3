package micromegas.query;

import java.nio.file.Path;
import java.util.Optional;
import micromegas.common.BadRequestException;

/// Trusted SQL whose rows go into one Parquet file: merges and SQL batch views.
///
/// @param sql one SELECT; written by us or by the author of a view, never by the users who query
/// @param catalog tables that it may read
/// @param target local path that does not exist yet
/// @param eventTime columns of the result that bound the rows, to compute the bounds of the file
/// @param rowGroupRows most rows of a row group, [#MAX_ROW_GROUP_ROWS] at most. The engine ends a
///   row group at the next vector (up to 2,048 rows per thread later) and cannot end it by bytes.
public record ExportRequest(
    String sql,
    TableCatalog catalog,
    Path target,
    Optional<EventTimeColumns> eventTime,
    int rowGroupRows) {

  /// With what the engine adds, no group may have more than 131,072 rows.
  public static final int MAX_ROW_GROUP_ROWS = 122_880;

  public ExportRequest {
    if (rowGroupRows < 1 || rowGroupRows > MAX_ROW_GROUP_ROWS) {
      throw new BadRequestException(
          "row groups must have 1 to " + MAX_ROW_GROUP_ROWS + " rows, got " + rowGroupRows);
    }
  }

  /// For rows of the usual size.
  public ExportRequest(
      String sql, TableCatalog catalog, Path target, Optional<EventTimeColumns> eventTime) {
    this(sql, catalog, target, eventTime, MAX_ROW_GROUP_ROWS);
  }
}
