package micromegas.query;

import java.nio.file.Path;
import java.util.List;

/// One part of a table's rows. The parts of a scan are disjoint.
public sealed interface ScanPart {

  /// Local Parquet files with the table's columns, by name.
  record ParquetFiles(List<Path> files) implements ScanPart {
    public ParquetFiles {
      files = List.copyOf(files);
    }
  }

  /// A query over other tables of the same catalog. It is planned like any other query (its own
  /// scans are pruned and brought up to date), but the request's range does not apply to it.
  record Subquery(String sql) implements ScanPart {}
}
