package micromegas.otlp.schema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Reads the notation in which [OtlpSchema] is written: a line with the name of a message, then one
/// indented line per field in ascending order of numbers: number, JSON name, type. A type in lower
/// case is a scalar, any other an enumeration or a message; `*` behind it marks a repeated field,
/// `?` a scalar with explicit presence, and a last word `|` the members of the message's oneof.
final class SchemaReader {
  private final Map<String, MessageType> types = new LinkedHashMap<>();
  private final Map<String, Map<String, Integer>> enums;

  private SchemaReader(Map<String, Map<String, Integer>> enums) {
    this.enums = enums;
  }

  static Map<String, MessageType> read(String notation, Map<String, Map<String, Integer>> enums) {
    SchemaReader reader = new SchemaReader(enums);
    Map<String, List<String>> fieldLines = new LinkedHashMap<>();
    List<String> current = new ArrayList<>();
    for (String line : notation.lines().filter(text -> !text.isBlank()).toList()) {
      if (line.startsWith(" ")) {
        current.add(line.strip());
      } else {
        current = new ArrayList<>();
        fieldLines.put(line, current);
        reader.types.put(line, new MessageType(line));
      }
    }
    reader.types.forEach(
        (name, type) -> type.define(reader.fields(fieldLines.getOrDefault(name, List.of()))));
    return Map.copyOf(reader.types);
  }

  private List<Field> fields(List<String> lines) {
    List<Field> fields = new ArrayList<>();
    int ranks = 0;
    int oneofRank = -1;
    for (String line : lines) {
      List<String> words = Arrays.asList(line.split(" +"));
      boolean inOneof = words.size() > 3;
      int rank;
      if (!inOneof) {
        rank = ranks++;
      } else {
        if (oneofRank < 0) {
          oneofRank = ranks++;
        }
        rank = oneofRank;
      }
      fields.add(field(Integer.parseInt(words.get(0)), words.get(1), words.get(2), inOneof, rank));
    }
    return fields;
  }

  private Field field(int number, String jsonName, String notation, boolean inOneof, int rank) {
    String typeName = notation.replaceAll("[*?]", "");
    boolean scalar = Character.isLowerCase(typeName.charAt(0));
    FieldType type =
        scalar
            ? FieldType.valueOf(typeName.toUpperCase(Locale.ROOT))
            : enums.containsKey(typeName) ? FieldType.ENUM : FieldType.MESSAGE;
    boolean explicit = notation.endsWith("?") || inOneof || type == FieldType.MESSAGE;
    Field.Presence presence =
        notation.endsWith("*")
            ? Field.Presence.REPEATED
            : explicit ? Field.Presence.EXPLICIT : Field.Presence.IMPLICIT;
    return new Field(
        number,
        jsonName,
        type,
        presence,
        inOneof,
        rank,
        type == FieldType.MESSAGE ? Objects.requireNonNull(types.get(typeName), typeName) : null,
        enums.getOrDefault(typeName, Map.of()));
  }
}
