package micromegas.query.plan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import micromegas.common.ResourceExhaustedException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// The rows of a table function as SQL constants. Handing the engine an Arrow stream instead loses
/// the memory of each schema, and its release by both sides ends the process, so this is the safe
/// way for what are listings of at most some ten thousand rows.
public final class RowsSql {
  /// Most rows that one call may give.
  public static final int MAX_ROWS = 200_000;

  private RowsSql() {}

  /// Reads all rows.
  ///
  /// @throws ResourceExhaustedException beyond [#MAX_ROWS]
  public static String of(ArrowReader reader, String functionName) throws IOException {
    VectorSchemaRoot root = reader.getVectorSchemaRoot();
    Schema schema = root.getSchema();
    List<String> rows = new ArrayList<>();
    while (reader.loadNextBatch()) {
      if (rows.size() + root.getRowCount() > MAX_ROWS) {
        throw new ResourceExhaustedException(
            functionName + " gives more rows than the limit (table function rows) of " + MAX_ROWS);
      }
      for (int row = 0; row < root.getRowCount(); row++) {
        rows.add(row(root, row));
      }
    }
    return rows.isEmpty() ? EmptyRelation.sql(schema) : select(schema, rows);
  }

  private static String row(VectorSchemaRoot root, int row) {
    return root.getFieldVectors().stream()
        .map(vector -> literal(vector.getObject(row)))
        .collect(Collectors.joining(", ", "(", ")"));
  }

  private static String select(Schema schema, List<String> rows) {
    List<String> columns = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Field field : schema.getFields()) {
      String name = "c" + names.size();
      names.add(name);
      columns.add(
          "CAST("
              + name
              + " AS "
              + EmptyRelation.type(field)
              + ") AS "
              + Tree.identifier(field.getName()));
    }
    return "SELECT "
        + String.join(", ", columns)
        + " FROM (VALUES "
        + String.join(", ", rows)
        + ") AS rows("
        + String.join(", ", names)
        + ")";
  }

  private static String literal(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case byte[] bytes -> "unhex('" + HexFormat.of().formatHex(bytes) + "')";
      case Boolean flag -> flag.toString();
      case Double number -> "CAST('" + number + "' AS DOUBLE)";
      case Number number -> "CAST(" + number + " AS BIGINT)";
      case List<?> list ->
          list.stream().map(RowsSql::literal).collect(Collectors.joining(", ", "[", "]"));
      default -> Tree.quote(value.toString());
    };
  }
}
