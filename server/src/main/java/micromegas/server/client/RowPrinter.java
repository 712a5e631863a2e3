package micromegas.server.client;

import org.apache.arrow.vector.VectorSchemaRoot;

/// Prints a result in one format, batch by batch. Not thread-safe.
public interface RowPrinter {
  /// The next rows; a batch without rows when the result is empty.
  void print(VectorSchemaRoot root);

  /// Ends the output.
  void finish();
}
