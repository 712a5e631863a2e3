package micromegas.lakehouse.blocks;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import micromegas.transit.DependencyTable;

/// Property names and values with a meaning, constant column values, and comparing a block's texts
/// with them.
final class Texts {
  static final byte[] BEGIN = ascii("begin");
  static final byte[] END = ascii("end");
  static final byte[] LEVEL = ascii("level");
  static final byte[] NAME = ascii("name");
  static final byte[] SECONDS = ascii("seconds");
  static final byte[] TARGET = ascii("target");
  static final byte[] TICKS = ascii("ticks");
  static final byte[] UNIT = ascii("unit");

  private Texts() {}

  static boolean is(DependencyTable dependencies, int text, byte[] value) {
    int begin = dependencies.textBegin(text);
    return Arrays.equals(
        dependencies.texts(), begin, begin + dependencies.textLength(text), value, 0, value.length);
  }

  static String toString(DependencyTable dependencies, int text) {
    return new String(
        dependencies.texts(),
        dependencies.textBegin(text),
        dependencies.textLength(text),
        StandardCharsets.UTF_8);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
