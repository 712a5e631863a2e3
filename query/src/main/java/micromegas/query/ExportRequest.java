package micromegas.query;

import java.nio.file.Path;
import java.util.Optional;

/// Trusted SQL whose rows go into one Parquet file: merges and SQL batch views.
///
/// @param sql one SELECT; written by us or by the author of a view, never by the users who query
/// @param catalog tables that it may read
/// @param target local path that does not exist yet
/// @param eventTime columns of the result that bound the rows, to compute the bounds of the file
public record ExportRequest(
    String sql, TableCatalog catalog, Path target, Optional<EventTimeColumns> eventTime) {}
