package micromegas.lakehouse.view;

import java.util.List;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/// The column types that view sets are made of.
public enum ColumnType {
  /// UTF-8 text.
  TEXT(new ArrowType.Utf8(), false),
  /// UTF-8 text with few distinct values, dictionary encoded with 32-bit keys.
  DICTIONARY_TEXT(new ArrowType.Utf8(), true),
  /// A JSONB document per row, dictionary encoded with 32-bit keys.
  PROPERTIES(new ArrowType.Binary(), true),
  BINARY(new ArrowType.Binary(), false),
  /// 16 bytes: the id of a trace.
  BINARY_16(new ArrowType.FixedSizeBinary(16), false),
  /// 8 bytes: the id of an OpenTelemetry span.
  BINARY_8(new ArrowType.FixedSizeBinary(8), false),
  /// Nanoseconds since 1970 in UTC, labelled `+00:00`.
  TIMESTAMP(new ArrowType.Timestamp(TimeUnit.NANOSECOND, "+00:00"), false),
  BOOLEAN(new ArrowType.Bool(), false),
  INT32(new ArrowType.Int(32, true), false),
  INT64(new ArrowType.Int(64, true), false),
  UINT32(new ArrowType.Int(32, false), false),
  FLOAT64(new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE), false),
  /// A list of non-null UTF-8 items named `tag`.
  TAGS(new ArrowType.List(), false);

  private final ArrowType arrow;
  private final boolean dictionary;

  ColumnType(ArrowType arrow, boolean dictionary) {
    this.arrow = arrow;
    this.dictionary = dictionary;
  }

  /// Type of the values.
  public ArrowType arrow() {
    return arrow;
  }

  public boolean isDictionary() {
    return dictionary;
  }

  /// Child fields of the type, for [#TAGS].
  List<Field> children() {
    return this == TAGS
        ? List.of(new Field("tag", FieldType.notNullable(new ArrowType.Utf8()), null))
        : List.of();
  }
}
