package micromegas.lakehouse.parquet;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// How one Arrow field is stored: the table of `spec/lakehouse.md` 6.1 as types.
///
/// @param type physical type of the leaf
/// @param length bytes of a value of FIXED_LEN_BYTE_ARRAY, else 0
/// @param annotation logical type of the leaf
/// @param nullable whether the field is OPTIONAL
/// @param path path elements of the leaf; names may contain dots
record ParquetColumn(
    String name,
    Physical type,
    int length,
    Annotation annotation,
    boolean nullable,
    List<String> path) {

  /// Physical types; the ordinal is not the code.
  enum Physical {
    BOOLEAN(0),
    INT32(1),
    INT64(2),
    DOUBLE(5),
    BYTE_ARRAY(6),
    FIXED_LEN_BYTE_ARRAY(7);

    final int code;

    Physical(int code) {
      this.code = code;
    }
  }

  /// Logical types.
  enum Annotation {
    NONE,
    STRING,
    TIMESTAMP_NANOS_UTC,
    TIMESTAMP_NANOS,
    UINT32
  }

  boolean isList() {
    return path.size() > 1;
  }

  static List<ParquetColumn> of(Schema schema) {
    List<ParquetColumn> columns = new ArrayList<>();
    for (Field field : schema.getFields()) {
      columns.add(of(field));
    }
    return List.copyOf(columns);
  }

  private static ParquetColumn of(Field field) {
    return switch (field.getType()) {
      case ArrowType.Timestamp t when t.getUnit() == TimeUnit.NANOSECOND ->
          leaf(
              field,
              Physical.INT64,
              t.getTimezone() == null
                  ? Annotation.TIMESTAMP_NANOS
                  : Annotation.TIMESTAMP_NANOS_UTC);
      case ArrowType.Int t when t.getBitWidth() == 64 && t.getIsSigned() ->
          leaf(field, Physical.INT64, Annotation.NONE);
      case ArrowType.Int t when t.getBitWidth() == 32 ->
          leaf(field, Physical.INT32, t.getIsSigned() ? Annotation.NONE : Annotation.UINT32);
      case ArrowType.FloatingPoint f -> leaf(field, Physical.DOUBLE, Annotation.NONE);
      case ArrowType.Bool b -> leaf(field, Physical.BOOLEAN, Annotation.NONE);
      case ArrowType.Utf8 u -> leaf(field, Physical.BYTE_ARRAY, Annotation.STRING);
      case ArrowType.Binary b -> leaf(field, Physical.BYTE_ARRAY, Annotation.NONE);
      case ArrowType.FixedSizeBinary b ->
          new ParquetColumn(
              field.getName(),
              Physical.FIXED_LEN_BYTE_ARRAY,
              b.getByteWidth(),
              Annotation.NONE,
              field.isNullable(),
              List.of(field.getName()));
      case ArrowType.List l -> list(field);
      default -> throw new IllegalArgumentException("no Parquet type for " + field);
    };
  }

  private static ParquetColumn leaf(Field field, Physical type, Annotation annotation) {
    return new ParquetColumn(
        field.getName(), type, 0, annotation, field.isNullable(), List.of(field.getName()));
  }

  /// Only lists of required UTF-8 strings: the tags of a stream.
  private static ParquetColumn list(Field field) {
    Field item = field.getChildren().getFirst();
    if (!(item.getType() instanceof ArrowType.Utf8) || item.isNullable()) {
      throw new IllegalArgumentException("no Parquet type for " + field);
    }
    return new ParquetColumn(
        field.getName(),
        Physical.BYTE_ARRAY,
        0,
        Annotation.STRING,
        field.isNullable(),
        List.of(field.getName(), "list", item.getName()));
  }

  /// Elements of the footer's schema that this column needs.
  int schemaElements() {
    return path.size();
  }

  /// Writes the column's elements of the footer's schema, in depth-first order.
  void writeSchema(CompactThrift thrift) {
    if (isList()) {
      thrift.begin();
      thrift.field(3, nullable ? 1 : 0);
      thrift.field(4, name);
      thrift.field(5, 1);
      thrift.field(6, 3); // converted type LIST
      thrift.begin(10);
      thrift.empty(3); // logical type LIST
      thrift.end();
      thrift.end();

      thrift.begin();
      thrift.field(3, 2); // REPEATED
      thrift.field(4, path.get(1));
      thrift.field(5, 1);
      thrift.end();
    }
    thrift.begin();
    thrift.field(1, type.code);
    if (type == Physical.FIXED_LEN_BYTE_ARRAY) {
      thrift.field(2, length);
    }
    thrift.field(3, nullable && !isList() ? 1 : 0);
    thrift.field(4, path.getLast());
    switch (annotation) {
      case NONE -> {}
      case STRING -> {
        thrift.field(6, 0); // converted type UTF8
        thrift.begin(10);
        thrift.empty(1);
        thrift.end();
      }
      case UINT32 -> {
        thrift.field(6, 13); // converted type UINT_32
        thrift.begin(10);
        thrift.begin(10);
        thrift.fieldByte(1, 32);
        thrift.field(2, false);
        thrift.end();
        thrift.end();
      }
      case TIMESTAMP_NANOS, TIMESTAMP_NANOS_UTC -> {
        thrift.begin(10);
        thrift.begin(8);
        thrift.field(1, annotation == Annotation.TIMESTAMP_NANOS_UTC);
        thrift.begin(2);
        thrift.empty(3); // NANOS
        thrift.end();
        thrift.end();
        thrift.end();
      }
    }
    thrift.end();
  }
}
