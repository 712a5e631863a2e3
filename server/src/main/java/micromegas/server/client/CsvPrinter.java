package micromegas.server.client;

import java.io.PrintStream;
import org.apache.arrow.vector.VectorSchemaRoot;

/// RFC 4180 with a header line; null is an empty field.
public final class CsvPrinter implements RowPrinter {
  private final PrintStream out;
  private boolean headerPrinted;

  public CsvPrinter(PrintStream out) {
    this.out = out;
  }

  @Override
  public void print(VectorSchemaRoot root) {
    int columns = root.getFieldVectors().size();
    if (!headerPrinted) {
      headerPrinted = true;
      StringBuilder header = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        append(header, i, root.getVector(i).getName());
      }
      out.println(header);
    }
    StringBuilder line = new StringBuilder();
    for (int row = 0; row < root.getRowCount(); row++) {
      line.setLength(0);
      for (int i = 0; i < columns; i++) {
        append(line, i, Cells.text(root.getVector(i), row));
      }
      out.println(line);
    }
  }

  private static void append(StringBuilder line, int column, String value) {
    if (column > 0) {
      line.append(',');
    }
    if (value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')) {
      line.append('"').append(value.replace("\"", "\"\"")).append('"');
    } else {
      line.append(value);
    }
  }

  @Override
  public void finish() {
    out.flush();
  }
}
