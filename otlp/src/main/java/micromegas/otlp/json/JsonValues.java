package micromegas.otlp.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import micromegas.common.CorruptDataException;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.ProtoWriter;
import micromegas.otlp.schema.Field;

/// Writes single JSON values as protobuf fields. Zero values of fields without explicit presence
/// are left out. Not thread-safe.
final class JsonValues {
  private static final long EXACT_IN_DOUBLE = 1L << 53;
  private static final long UINT32_MAX = 0xffffffffL;

  private final JsonParser parser;
  private final ProtoWriter out;

  JsonValues(JsonParser parser, ProtoWriter out) {
    this.parser = parser;
    this.out = out;
  }

  /// Writes the value on which the parser stands.
  void write(Field field) throws IOException {
    switch (field.type()) {
      case STRING -> text(field);
      case BYTES -> bytes(field, base64(field));
      case ID -> bytes(field, hexadecimal(field));
      case BOOL -> varint(field, bool(field) ? 1 : 0);
      case INT32 -> varint(field, integer(field, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case ENUM -> varint(field, enumeration(field));
      case UINT32 -> varint(field, integer(field, 0, UINT32_MAX));
      case SINT32 -> {
        int value = (int) integer(field, Integer.MIN_VALUE, Integer.MAX_VALUE);
        varint(field, (value << 1 ^ value >> 31) & UINT32_MAX);
      }
      case INT64 -> varint(field, integer(field, Long.MIN_VALUE, Long.MAX_VALUE));
      case UINT64 -> varint(field, unsigned(field));
      case FIXED32 -> fixed32(field, (int) integer(field, 0, UINT32_MAX));
      case FIXED64 -> fixed64(field, unsigned(field));
      case SFIXED64 -> fixed64(field, integer(field, Long.MIN_VALUE, Long.MAX_VALUE));
      case DOUBLE -> fixed64(field, Double.doubleToRawLongBits(number(field)));
      case MESSAGE -> throw new IllegalStateException(field + " is no single value");
    }
  }

  /// An error at the place where the parser stands.
  CorruptDataException wrong(String what) {
    return new CorruptDataException(
        "JSON: " + what + " (at byte " + parser.currentTokenLocation().getByteOffset() + ")");
  }

  private CorruptDataException wrongType(Field field, String wanted) throws IOException {
    String text = parser.getText();
    String shown = text == null || text.length() <= 40 ? text : text.substring(0, 40) + "…";
    return wrong(field.jsonName() + " is " + wanted + ", not " + shown);
  }

  private void text(Field field) throws IOException {
    expectText(field, "text");
    char[] chars = parser.getTextCharacters();
    int begin = parser.getTextOffset();
    int end = begin + parser.getTextLength();
    if (begin == end && field.presence() == Field.Presence.IMPLICIT) {
      return;
    }
    out.tag(field.number(), ProtoReader.LENGTH_DELIMITED);
    int expected = end - begin;
    int content = out.begin(expected);
    if (!out.utf8(chars, begin, end)) {
      throw wrongType(field, "text without unpaired surrogates");
    }
    out.end(content, expected);
  }

  private void expectText(Field field, String wanted) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrongType(field, wanted);
    }
  }

  private byte[] base64(Field field) throws IOException {
    expectText(field, "base64 text");
    String text = parser.getText();
    boolean urlSafe = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
    try {
      return (urlSafe ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(text);
    } catch (IllegalArgumentException e) {
      throw wrongType(field, "base64 text");
    }
  }

  private byte[] hexadecimal(Field field) throws IOException {
    expectText(field, "hexadecimal text");
    try {
      return HexFormat.of().parseHex(parser.getText());
    } catch (IllegalArgumentException e) {
      throw wrongType(field, "hexadecimal text");
    }
  }

  private void bytes(Field field, byte[] value) {
    if (value.length > 0 || field.presence() != Field.Presence.IMPLICIT) {
      out.tag(field.number(), ProtoReader.LENGTH_DELIMITED);
      out.bytes(value, 0, value.length);
    }
  }

  private boolean bool(Field field) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw wrongType(field, "true or false");
    };
  }

  private long enumeration(Field field) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      Integer named = field.enumNumber(parser.getText()).orElse(null);
      if (named != null) {
        return named;
      }
    }
    return integer(field, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private long integer(Field field, long lowest, long highest) throws IOException {
    long value =
        switch (parser.currentToken()) {
          case VALUE_NUMBER_INT -> {
            if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
              throw wrongType(field, range(lowest, highest));
            }
            yield parser.getLongValue();
          }
          case VALUE_NUMBER_FLOAT -> whole(field);
          case VALUE_STRING -> {
            try {
              yield Long.parseLong(parser.getText());
            } catch (NumberFormatException e) {
              throw wrongType(field, range(lowest, highest));
            }
          }
          default -> throw wrongType(field, "an integer");
        };
    if (value < lowest || value > highest) {
      throw wrongType(field, range(lowest, highest));
    }
    return value;
  }

  /// 64 bits, the upper half of the range as negative numbers.
  private long unsigned(Field field) throws IOException {
    boolean isText = parser.currentToken() == JsonToken.VALUE_STRING;
    boolean isLarge =
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT
            && parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER;
    if (isText || isLarge) {
      try {
        return Long.parseUnsignedLong(parser.getText());
      } catch (NumberFormatException e) {
        throw wrongType(field, "an unsigned 64-bit integer");
      }
    }
    return integer(field, 0, Long.MAX_VALUE);
  }

  private static String range(long lowest, long highest) {
    return "an integer from " + lowest + " to " + highest;
  }

  /// A number written with a fraction or an exponent, if it is whole all the same.
  private long whole(Field field) throws IOException {
    double value = parser.getDoubleValue();
    if (value != Math.rint(value) || Math.abs(value) > EXACT_IN_DOUBLE) {
      throw wrongType(field, "an integer");
    }
    return (long) value;
  }

  private double number(Field field) throws IOException {
    double value =
        switch (parser.currentToken()) {
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
          case VALUE_STRING -> {
            String text = parser.getText();
            yield switch (text) {
              case "NaN" -> Double.NaN;
              case "Infinity" -> Double.POSITIVE_INFINITY;
              case "-Infinity" -> Double.NEGATIVE_INFINITY;
              default -> parse(field, text);
            };
          }
          default -> throw wrongType(field, "a number");
        };
    if (Double.isInfinite(value) && parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrongType(field, "a number in the range of double");
    }
    return value;
  }

  private double parse(Field field, String text) throws IOException {
    try {
      boolean isJsonNumber = text.chars().allMatch(c -> "0123456789+-.eE".indexOf(c) >= 0);
      double value = isJsonNumber ? Double.parseDouble(text) : Double.POSITIVE_INFINITY;
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw wrongType(field, "a number");
    }
    throw wrongType(field, "a number");
  }

  private void varint(Field field, long value) {
    if (isWritten(field, value)) {
      out.tag(field.number(), ProtoReader.VARINT);
      out.varint(value);
    }
  }

  private void fixed64(Field field, long value) {
    if (isWritten(field, value)) {
      out.tag(field.number(), ProtoReader.FIXED64);
      out.fixed64(value);
    }
  }

  private void fixed32(Field field, int value) {
    if (isWritten(field, value)) {
      out.tag(field.number(), ProtoReader.FIXED32);
      out.fixed32(value);
    }
  }

  private static boolean isWritten(Field field, long value) {
    return value != 0 || field.presence() != Field.Presence.IMPLICIT;
  }
}
