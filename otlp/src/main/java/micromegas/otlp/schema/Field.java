package micromegas.otlp.schema;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A field of a message.
public final class Field {
  /// How many values a field has, and whether its default is written.
  public enum Presence {
    /// One value; the default (zero, empty) means absent and is not written.
    IMPLICIT,
    /// One value or none; a default that is set is written. Nested messages, members of a oneof and
    /// fields declared `optional`.
    EXPLICIT,
    /// Any number of values.
    REPEATED
  }

  private final int number;
  private final String jsonName;
  private final FieldType type;
  private final Presence presence;
  private final boolean inOneof;
  private final int rank;
  private final @Nullable MessageType message;
  private final Map<String, Integer> enumNames;

  Field(
      int number,
      String jsonName,
      FieldType type,
      Presence presence,
      boolean inOneof,
      int rank,
      @Nullable MessageType message,
      Map<String, Integer> enumNames) {
    this.number = number;
    this.jsonName = jsonName;
    this.type = type;
    this.presence = presence;
    this.inOneof = inOneof;
    this.rank = rank;
    this.message = message;
    this.enumNames = enumNames;
  }

  public int number() {
    return number;
  }

  /// Name in OTLP/JSON, in lowerCamelCase.
  public String jsonName() {
    return jsonName;
  }

  public FieldType type() {
    return type;
  }

  public Presence presence() {
    return presence;
  }

  public boolean isRepeated() {
    return presence == Presence.REPEATED;
  }

  /// Whether setting this field unsets the other members of the one oneof of its message.
  public boolean inOneof() {
    return inOneof;
  }

  /// Place in the canonical order of the message, from 0. All members of a oneof share the place of
  /// their lowest number.
  public int rank() {
    return rank;
  }

  /// Whether the canonical form writes all values as one packed value.
  public boolean isPacked() {
    return isRepeated() && type.isPackable();
  }

  /// Type of the nested message.
  ///
  /// @throws IllegalStateException for a field of another type
  public MessageType message() {
    if (message == null) {
      throw new IllegalStateException(jsonName + " is no message");
    }
    return message;
  }

  /// The number of an enumeration's name such as `SPAN_KIND_SERVER`.
  public Optional<Integer> enumNumber(String name) {
    return Optional.ofNullable(enumNames.get(name));
  }

  @Override
  public String toString() {
    return jsonName + "(" + number + ")";
  }
}
