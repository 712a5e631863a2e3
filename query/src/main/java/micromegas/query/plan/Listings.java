package micromegas.query.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import micromegas.common.BadRequestException;
import micromegas.query.TableCatalog;
import micromegas.query.TableProvider;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/// SHOW TABLES, SHOW COLUMNS, DESCRIBE and the two tables of `information_schema`, in the
/// reference's shapes and spelling of types, as SQL over constants.
final class Listings {
  private static final String CATALOG = "'datafusion'";
  private static final String SCHEMA = "'public'";

  private Listings() {}

  static String sql(Statement.Show statement, TableCatalog catalog) {
    return switch (statement) {
      case Statement.ShowTables ignored -> tables(catalog);
      case Statement.ShowColumns show -> showColumns(table(catalog, show.table()));
      case Statement.Describe describe -> describe(table(catalog, describe.table()));
    };
  }

  /// The query behind `information_schema.<name>`, if there is such a table.
  static Optional<String> informationSchema(String name, TableCatalog catalog) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "tables" -> Optional.of(tables(catalog));
      case "columns" -> Optional.of(columns(catalog.tables()));
      default -> Optional.empty();
    };
  }

  private static TableProvider table(TableCatalog catalog, String name) {
    return catalog
        .table(name)
        .orElseThrow(
            () -> new BadRequestException("table 'datafusion.public." + name + "' not found"));
  }

  private static String tables(TableCatalog catalog) {
    List<String> rows = new ArrayList<>();
    for (TableProvider table : catalog.tables()) {
      rows.add(row(CATALOG, SCHEMA, Tree.quote(table.name()), "'BASE TABLE'"));
    }
    for (String view : List.of("tables", "columns")) {
      rows.add(row(CATALOG, "'information_schema'", Tree.quote(view), "'VIEW'"));
    }
    return values(rows, List.of("table_catalog", "table_schema", "table_name", "table_type"));
  }

  private static String showColumns(TableProvider table) {
    List<String> rows = new ArrayList<>();
    for (Field field : table.schema().getFields()) {
      rows.add(
          row(
              CATALOG,
              SCHEMA,
              Tree.quote(table.name()),
              Tree.quote(field.getName()),
              Tree.quote(typeName(field)),
              nullable(field)));
    }
    return values(
        rows,
        List.of(
            "table_catalog",
            "table_schema",
            "table_name",
            "column_name",
            "data_type",
            "is_nullable"));
  }

  private static String describe(TableProvider table) {
    List<String> rows = new ArrayList<>();
    for (Field field : table.schema().getFields()) {
      rows.add(row(Tree.quote(field.getName()), Tree.quote(typeName(field)), nullable(field)));
    }
    return values(rows, List.of("column_name", "data_type", "is_nullable"));
  }

  private static String columns(List<TableProvider> tables) {
    List<String> rows = new ArrayList<>();
    for (TableProvider table : tables) {
      int position = 0;
      for (Field field : table.schema().getFields()) {
        rows.add(
            row(
                CATALOG,
                SCHEMA,
                Tree.quote(table.name()),
                Tree.quote(field.getName()),
                Integer.toString(position++),
                nullable(field),
                Tree.quote(typeName(field))));
      }
    }
    return values(
        rows,
        List.of(
            "table_catalog",
            "table_schema",
            "table_name",
            "column_name",
            "ordinal_position",
            "is_nullable",
            "data_type"));
  }

  private static String nullable(Field field) {
    return field.isNullable() ? "'YES'" : "'NO'";
  }

  private static String row(String... values) {
    return "(" + String.join(", ", values) + ")";
  }

  private static String values(List<String> rows, List<String> names) {
    String header = names.stream().map(Tree::identifier).collect(Collectors.joining(", "));
    if (rows.isEmpty()) {
      String nulls =
          names.stream()
              .map(name -> "CAST(NULL AS VARCHAR) AS " + Tree.identifier(name))
              .collect(Collectors.joining(", "));
      return "SELECT " + nulls + " WHERE false";
    }
    return "SELECT * FROM (VALUES " + String.join(", ", rows) + ") AS listing(" + header + ")";
  }

  /// The reference's spelling of a type.
  static String typeName(Field field) {
    String value = valueTypeName(field);
    return field.getDictionary() == null ? value : "Dictionary(Int32, " + value + ")";
  }

  private static String valueTypeName(Field field) {
    return switch (field.getType()) {
      case ArrowType.Int type -> (type.getIsSigned() ? "Int" : "UInt") + type.getBitWidth();
      case ArrowType.FloatingPoint type ->
          type.getPrecision() == FloatingPointPrecision.DOUBLE ? "Float64" : "Float32";
      case ArrowType.Bool ignored -> "Boolean";
      case ArrowType.Timestamp type ->
          type.getTimezone() == null
              ? "Timestamp(ns)"
              : "Timestamp(ns, \"" + type.getTimezone() + "\")";
      case ArrowType.List ignored -> "List(" + typeName(field.getChildren().getFirst()) + ")";
      default -> field.getType().getClass().getSimpleName();
    };
  }
}
