package micromegas.otlp.schema;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message: its fields by number and by JSON name. Immutable once [SchemaReader] has defined it.
/// A message has at most one oneof.
public final class MessageType {
  private final String name;
  private final Map<String, Field> byName = new LinkedHashMap<>();
  private @Nullable Field[] byNumber = new Field[0];
  private int ranks;

  MessageType(String name) {
    this.name = name;
  }

  /// Gives the message its fields. Apart from the constructor, since messages contain each other.
  void define(List<Field> fields) {
    int highest = fields.stream().mapToInt(Field::number).max().orElse(0);
    byNumber = new Field[highest + 1];
    for (Field field : fields) {
      byNumber[field.number()] = field;
      byName.put(field.jsonName(), field);
    }
    ranks = fields.stream().mapToInt(Field::rank).max().orElse(-1) + 1;
  }

  public String name() {
    return name;
  }

  /// The field of this number; null when the message has none.
  public @Nullable Field field(int number) {
    return number > 0 && number < byNumber.length ? byNumber[number] : null;
  }

  /// The field of this JSON name; null when the message has none.
  public @Nullable Field field(String jsonName) {
    return byName.get(jsonName);
  }

  public Collection<Field> fields() {
    return byName.values();
  }

  /// Number of places of the canonical order, see [Field#rank].
  public int ranks() {
    return ranks;
  }

  @Override
  public String toString() {
    return name;
  }
}
