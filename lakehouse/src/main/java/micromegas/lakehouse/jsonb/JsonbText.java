package micromegas.lakehouse.jsonb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import micromegas.common.JsonText;

/// Prints JSONB documents as compact JSON: keys in their stored order, text unescaped where JSON
/// allows it, floating point numbers in shortest form with a decimal or an exponent (`1.0`,
/// `1e+21`), NaN and infinities as `null`. Stateless.
public final class JsonbText {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private JsonbText() {}

  /// The text of a document made by [JsonbBuilder].
  public static String format(byte[] document) {
    StringBuilder out = new StringBuilder();
    container(document, 0, out);
    return out.toString();
  }

  private static void container(byte[] bytes, int begin, StringBuilder out) {
    int header = (int) INT.get(bytes, begin);
    int count = header & JsonbBuilder.MAX_LENGTH;
    boolean object = (header & JsonbBuilder.TYPE) == JsonbBuilder.OBJECT;
    int head = begin + 4;
    int key = head + 4 * count * (object ? 2 : 1);
    int value = key;
    for (int i = 0; object && i < count; i++) {
      value += length(bytes, head + 4 * i);
    }
    int valueHead = object ? head + 4 * count : head;
    out.append(object ? '{' : '[');
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        out.append(',');
      }
      if (object) {
        int keyLength = length(bytes, head + 4 * i);
        JsonText.quote(new String(bytes, key, keyLength, StandardCharsets.UTF_8), out);
        out.append(':');
        key += keyLength;
      }
      int entry = (int) INT.get(bytes, valueHead + 4 * i);
      value(bytes, entry, value, out);
      value += entry & JsonbBuilder.MAX_LENGTH;
    }
    out.append(object ? '}' : ']');
  }

  private static int length(byte[] bytes, int entry) {
    return (int) INT.get(bytes, entry) & JsonbBuilder.MAX_LENGTH;
  }

  private static void value(byte[] bytes, int entry, int begin, StringBuilder out) {
    int length = entry & JsonbBuilder.MAX_LENGTH;
    switch (entry & JsonbBuilder.TYPE) {
      case JsonbBuilder.STRING ->
          JsonText.quote(new String(bytes, begin, length, StandardCharsets.UTF_8), out);
      case JsonbBuilder.NUMBER -> number(bytes, begin, length, out);
      case JsonbBuilder.FALSE -> out.append("false");
      case JsonbBuilder.TRUE -> out.append("true");
      case JsonbBuilder.CONTAINER -> container(bytes, begin, out);
      default -> out.append("null");
    }
  }

  private static void number(byte[] bytes, int begin, int length, StringBuilder out) {
    int kind = bytes[begin];
    long bits = kind == JsonbBuilder.SIGNED && bytes[begin + 1] < 0 ? -1 : 0;
    for (int i = begin + 1; i < begin + length; i++) {
      bits = bits << 8 | bytes[i] & 0xff;
    }
    switch (kind) {
      case JsonbBuilder.ZERO -> out.append('0');
      case JsonbBuilder.SIGNED -> out.append(bits);
      case JsonbBuilder.UNSIGNED -> out.append(Long.toUnsignedString(bits));
      case JsonbBuilder.FLOAT -> out.append(JsonText.number(Double.longBitsToDouble(bits)));
      default -> out.append("null");
    }
  }
}
