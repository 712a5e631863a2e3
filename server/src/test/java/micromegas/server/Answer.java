package micromegas.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// Columns and rows of a result, in a form that can be compared: times in nanoseconds, floats to
/// nine digits, bytes as `{"b64": …}`, rows sorted.
///
/// @param columns name and type, as pyarrow writes them
/// @param rows one JSON object each, members sorted
record Answer(List<String> columns, List<String> rows) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final MathContext NINE_DIGITS = new MathContext(9);

  static Answer of(QueryClient client, String sql, QueryOptions options) {
    List<String> columns = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    client.query(
        sql,
        options,
        root -> {
          if (columns.isEmpty()) {
            root.getSchema().getFields().forEach(f -> columns.add(f.getName() + " " + type(f)));
          }
          for (int row = 0; row < root.getRowCount(); row++) {
            rows.add(row(root, row));
          }
          return true;
        });
    return new Answer(columns, rows.stream().sorted().toList());
  }

  /// From JSON lines, the schema first.
  static Answer recorded(List<String> lines) {
    List<String> columns = new ArrayList<>();
    for (JsonNode column : parse(lines.getFirst()).get("schema")) {
      columns.add(column.get(0).asText() + " " + column.get(1).asText());
    }
    List<String> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      TreeMap<String, @Nullable String> cells = new TreeMap<>();
      parse(line).properties().forEach(cell -> cells.put(cell.getKey(), text(cell.getValue())));
      rows.add(cells.toString());
    }
    return new Answer(columns, rows.stream().sorted().toList());
  }

  private static String row(VectorSchemaRoot root, int row) {
    TreeMap<String, @Nullable String> cells = new TreeMap<>();
    for (FieldVector vector : root.getFieldVectors()) {
      cells.put(vector.getName(), text(JSON.valueToTree(value(vector, row))));
    }
    return cells.toString();
  }

  private static @Nullable Object value(FieldVector vector, int row) {
    if (vector.isNull(row)) {
      return null;
    }
    if (vector instanceof TimeStampVector times) {
      return times.get(row);
    }
    if (vector instanceof UInt4Vector unsigned) {
      return unsigned.getObjectNoOverflow(row);
    }
    Object value = vector.getObject(row);
    if (value instanceof List<?> items) {
      return items.stream().map(String::valueOf).toList();
    }
    if (value instanceof byte[] bytes) {
      return Map.of("b64", bytes);
    }
    return value instanceof Number ? value : String.valueOf(value);
  }

  private static @Nullable String text(JsonNode node) {
    if (node.isNull()) {
      return null;
    }
    if (node.isIntegralNumber()) {
      return node.asText();
    }
    if (node.isNumber()) {
      return new BigDecimal(node.asText()).round(NINE_DIGITS).stripTrailingZeros().toPlainString();
    }
    return node.toString();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String type(Field field) {
    return switch (field.getType()) {
      case ArrowType.Utf8 _ -> "string";
      case ArrowType.Binary _ -> "binary";
      case ArrowType.FixedSizeBinary b -> "fixed_size_binary[" + b.getByteWidth() + "]";
      case ArrowType.Int i -> (i.getIsSigned() ? "int" : "uint") + i.getBitWidth();
      case ArrowType.FloatingPoint _ -> "double";
      case ArrowType.Timestamp t when t.getUnit() == TimeUnit.NANOSECOND ->
          "timestamp[ns, tz=" + t.getTimezone() + "]";
      case ArrowType.List _ -> {
        Field item = field.getChildren().getFirst();
        yield "list<%s: %s%s>"
            .formatted(item.getName(), type(item), item.isNullable() ? "" : " not null");
      }
      default -> field.getType().toString();
    };
  }
}
