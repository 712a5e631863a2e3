package micromegas.query;

import java.util.List;
import java.util.Optional;

/// The rows that answer one reference to a table.
///
/// @param parts disjoint parts; none means no rows
/// @param mergeSql a query over the table `{source}` that combines partial rows; empty when rows
///   are final. The request's time filter applies to the partial rows
/// @param resources what must stay in place until the query ends (pinned files)
public record ScanPlan(List<ScanPart> parts, Optional<String> mergeSql, AutoCloseable resources) {
  public ScanPlan {
    parts = List.copyOf(parts);
  }
}
