package micromegas.query.plan;

import java.util.stream.Collectors;
import micromegas.common.BadRequestException;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// SQL types of Arrow schemas. Dictionary encoding does not change a type: in Arrow Java a
/// dictionary field has the type of its values or, with an encoding, of its indices.
final class EmptyRelation {
  private EmptyRelation() {}

  /// A query with the columns of `schema` and no rows.
  static String sql(Schema schema) {
    return schema.getFields().stream()
        .map(field -> "CAST(NULL AS " + type(field) + ") AS " + Tree.identifier(field.getName()))
        .collect(Collectors.joining(", ", "SELECT ", " WHERE false"));
  }

  /// @throws BadRequestException for a type that has no counterpart
  static String type(Field field) {
    ArrowType type = field.getType();
    if (field.getDictionary() != null && type instanceof ArrowType.Int) {
      return "VARCHAR";
    }
    return switch (type) {
      case ArrowType.Utf8 ignored -> "VARCHAR";
      case ArrowType.LargeUtf8 ignored -> "VARCHAR";
      case ArrowType.Utf8View ignored -> "VARCHAR";
      case ArrowType.Binary ignored -> "BLOB";
      case ArrowType.LargeBinary ignored -> "BLOB";
      case ArrowType.FixedSizeBinary ignored -> "BLOB";
      case ArrowType.Bool ignored -> "BOOLEAN";
      case ArrowType.Int integer -> integer(integer);
      case ArrowType.FloatingPoint floating ->
          floating.getPrecision() == FloatingPointPrecision.DOUBLE ? "DOUBLE" : "FLOAT";
      case ArrowType.Timestamp timestamp ->
          timestamp.getTimezone() == null ? "TIMESTAMP_NS" : "TIMESTAMPTZ_NS";
      case ArrowType.Duration ignored -> "BIGINT";
      case ArrowType.Date ignored -> "DATE";
      case ArrowType.List ignored -> type(field.getChildren().getFirst()) + "[]";
      case ArrowType.Struct ignored ->
          field.getChildren().stream()
              .map(child -> Tree.identifier(child.getName()) + " " + type(child))
              .collect(Collectors.joining(", ", "STRUCT(", ")"));
      default ->
          throw new BadRequestException(
              "column " + field.getName() + " has a type that queries cannot use: " + type);
    };
  }

  private static String integer(ArrowType.Int type) {
    String name =
        switch (type.getBitWidth()) {
          case 8 -> "TINYINT";
          case 16 -> "SMALLINT";
          case 32 -> "INTEGER";
          default -> "BIGINT";
        };
    return type.getIsSigned() ? name : "U" + name;
  }
}
