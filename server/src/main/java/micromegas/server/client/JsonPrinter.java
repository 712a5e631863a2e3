package micromegas.server.client;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import micromegas.query.duckdb.JsonbText;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/// An array of objects, one per row and line; numbers, booleans and JSONB documents as such,
/// everything else as text.
public final class JsonPrinter implements RowPrinter {
  private final PrintStream out;
  private final ObjectMapper mapper = new ObjectMapper();
  private boolean first = true;

  public JsonPrinter(PrintStream out) {
    this.out = out;
    out.print("[");
  }

  @Override
  public void print(VectorSchemaRoot root) {
    try {
      for (int row = 0; row < root.getRowCount(); row++) {
        out.print(first ? "\n" : ",\n");
        first = false;
        java.io.StringWriter line = new java.io.StringWriter();
        try (JsonGenerator json = mapper.createGenerator(line)) {
          json.writeStartObject();
          for (FieldVector vector : root.getFieldVectors()) {
            json.writeFieldName(vector.getName());
            if (vector.isNull(row)) {
              json.writeNull();
            } else if (vector instanceof BitVector || Cells.isNumber(vector.getField().getType())) {
              json.writeObject(vector.getObject(row));
            } else if (vector instanceof VarBinaryVector binary
                && JsonbText.of(binary.get(row)) instanceof String document) {
              json.writeRawValue(document);
            } else {
              json.writeString(Cells.text(vector, row));
            }
          }
          json.writeEndObject();
        }
        out.print(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void finish() {
    out.println("\n]");
    out.flush();
  }
}
