package micromegas.tracing.jfr;

import jdk.jfr.consumer.RecordedClass;
import org.jspecify.annotations.Nullable;

/// Names of classes as source code has them.
final class Classes {
  private Classes() {}

  static String name(@Nullable RecordedClass type) {
    return type == null ? "(unknown)" : readable(type.getName());
  }

  /// Turns `[[J` into `long[][]`, and `[Ljava.lang.String;` into `java.lang.String[]`.
  static String readable(String name) {
    int dimensions = name.lastIndexOf('[') + 1;
    if (dimensions == 0 || dimensions == name.length()) {
      return name;
    }
    String element = name.substring(dimensions);
    String base =
        switch (element) {
          case "Z" -> "boolean";
          case "B" -> "byte";
          case "C" -> "char";
          case "S" -> "short";
          case "I" -> "int";
          case "J" -> "long";
          case "F" -> "float";
          case "D" -> "double";
          default -> element.substring(1).replace(";", "");
        };
    return base + "[]".repeat(dimensions);
  }
}
