package micromegas.lakehouse.view;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// Writes down the columns of a view set in file order. Not thread-safe.
///
/// A dictionary column's [Field] has the type of its values and a [DictionaryEncoding] whose id is
/// the column's position.
public final class SchemaBuilder {
  private static final ArrowType.Int DICTIONARY_KEY = new ArrowType.Int(32, true);

  private final List<Field> fields = new ArrayList<>();

  /// Adds non-null columns of one type.
  public SchemaBuilder required(ColumnType type, String... names) {
    return add(type, false, names);
  }

  /// Adds nullable columns of one type.
  public SchemaBuilder nullable(ColumnType type, String... names) {
    return add(type, true, names);
  }

  public Schema build() {
    return new Schema(fields);
  }

  private SchemaBuilder add(ColumnType type, boolean nullable, String... names) {
    for (String name : names) {
      DictionaryEncoding dictionary =
          type.isDictionary() ? new DictionaryEncoding(fields.size(), false, DICTIONARY_KEY) : null;
      fields.add(
          new Field(name, new FieldType(nullable, type.arrow(), dictionary), type.children()));
    }
    return this;
  }
}
