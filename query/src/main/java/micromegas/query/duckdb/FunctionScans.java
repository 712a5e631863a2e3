package micromegas.query.duckdb;

import java.io.IOException;
import java.util.List;
import micromegas.query.plan.PlannedQuery.FunctionScan;
import micromegas.query.plan.RowsSql;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/// Tables of a query whose rows come from Java.
final class FunctionScans {
  private FunctionScans() {}

  /// Computes the rows of all table functions and puts them into the SQL.
  static String inline(String sql, List<FunctionScan> scans, BufferAllocator allocator)
      throws IOException {
    String text = sql;
    for (FunctionScan scan : scans) {
      try (ArrowReader reader = scan.function().open(scan.arguments(), allocator)) {
        String rows = RowsSql.of(reader, scan.function().name());
        text = text.replace(scan.name(), "(" + rows + ")");
      }
    }
    return text;
  }

  static void closeAll(List<AutoCloseable> opened, Throwable failure) {
    for (AutoCloseable resource : opened) {
      try {
        resource.close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }
}
