package micromegas.common;

import java.math.BigDecimal;
import java.util.Locale;

/// JSON text as the reference writes it. Stateless.
public final class JsonText {
  private JsonText() {}

  /// Appends `text` in quotation marks; escapes what JSON demands and nothing else.
  public static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /// Integers without a point; floats in shortest form with at least one decimal or an exponent
  /// (`1.8446744073709552e+19`); NaN and infinities are null.
  public static String number(Number value) {
    if (!(value instanceof Double d)) {
      return value.toString();
    }
    if (d.isNaN() || d.isInfinite()) {
      return "null";
    }
    double magnitude = Math.abs(d);
    if (magnitude != 0 && (magnitude < 1e-5 || magnitude >= 1e16)) {
      String text = Double.toString(d).replace("E", "e");
      int exponent = text.indexOf('e');
      if (exponent > 0) {
        String mantissa = text.substring(0, exponent);
        if (mantissa.endsWith(".0")) {
          mantissa = mantissa.substring(0, mantissa.length() - 2);
        }
        String power = text.substring(exponent + 1);
        return mantissa + "e" + (power.startsWith("-") ? power : "+" + power);
      }
      return text;
    }
    String plain = new BigDecimal(Double.toString(d)).toPlainString();
    return plain.indexOf('.') < 0 ? plain + ".0" : plain;
  }
}
