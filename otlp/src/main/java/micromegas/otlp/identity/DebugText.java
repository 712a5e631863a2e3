package micromegas.otlp.identity;

import java.math.BigDecimal;

/// The debugging output of Rust for text and numbers (`{:?}` of `str` and `f64`). Stateless.
final class DebugText {
  private DebugText() {}

  /// `text` in double quotes. Quotes, backslashes and control characters are escaped, and so is
  /// what does not show: other separators, combining marks, unassigned code points.
  static void quote(StringBuilder out, String text) {
    out.append('"');
    text.codePoints().forEach(c -> character(out, c));
    out.append('"');
  }

  private static void character(StringBuilder out, int c) {
    switch (c) {
      case 0 -> out.append("\\0");
      case '\t' -> out.append("\\t");
      case '\r' -> out.append("\\r");
      case '\n' -> out.append("\\n");
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      default -> {
        if (shows(c)) {
          out.appendCodePoint(c);
        } else {
          out.append("\\u{").append(Integer.toHexString(c)).append('}');
        }
      }
    }
  }

  private static boolean shows(int c) {
    if (c == ' ') {
      return true;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR,
          Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK ->
          false;
      default -> true;
    };
  }

  /// Shortest decimal, with an exponent below 1e-4 and from 1e16 on.
  static String number(double value) {
    double size = Math.abs(value);
    if (!(size < 1e16) || (size != 0 && size < 1e-4)) {
      return Double.isFinite(value) ? scientific(value) : AttributeText.decimal(value);
    }
    String plain = AttributeText.decimal(value);
    return plain.contains(".") ? plain : plain + ".0";
  }

  private static String scientific(double value) {
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    return shortest.movePointLeft(exponent).stripTrailingZeros().toPlainString() + "e" + exponent;
  }
}
