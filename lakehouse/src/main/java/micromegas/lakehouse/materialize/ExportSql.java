package micromegas.lakehouse.materialize;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// SQL whose result has exactly the columns of a view, for files that the query engine writes.
public final class ExportSql {
  private ExportSql() {}

  /// Puts `sql` into the columns of `schema`, by name and in order. Numbers get the types of the
  /// schema, since the engine's aggregates widen them (a sum of 64-bit integers has 128 bits).
  ///
  /// @param sortOrder columns by which the rows are sorted; empty for the order of `sql`
  public static String shape(String sql, Schema schema, List<String> sortOrder) {
    String columns =
        schema.getFields().stream().map(ExportSql::column).collect(Collectors.joining(", "));
    String order =
        sortOrder.isEmpty()
            ? ""
            : sortOrder.stream()
                .map(ExportSql::quote)
                .collect(Collectors.joining(", ", "\nORDER BY ", ""));
    return "SELECT " + columns + "\nFROM (\n" + sql.strip() + "\n) AS shaped" + order;
  }

  /// Fills the placeholders `{begin}` and `{end}` with the RFC 3339 bounds of the slice.
  public static String forSlice(String sql, InsertSlice slice) {
    return sql.replace("{begin}", slice.begin().toString())
        .replace("{end}", slice.end().toString());
  }

  public static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static String column(Field field) {
    String name = quote(field.getName());
    if (field.getDictionary() != null) {
      return name;
    }
    return switch (field.getType()) {
      case ArrowType.Int type -> "CAST(" + name + " AS " + integer(type) + ") AS " + name;
      case ArrowType.FloatingPoint type ->
          "CAST("
              + name
              + (type.getPrecision() == FloatingPointPrecision.DOUBLE ? " AS DOUBLE" : " AS FLOAT")
              + ") AS "
              + name;
      default -> name;
    };
  }

  private static String integer(ArrowType.Int type) {
    String signed =
        switch (type.getBitWidth()) {
          case 8 -> "TINYINT";
          case 16 -> "SMALLINT";
          case 32 -> "INTEGER";
          default -> "BIGINT";
        };
    return type.getIsSigned() ? signed : "U" + signed;
  }
}
