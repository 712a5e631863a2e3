package micromegas.otlp.identity;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import micromegas.common.CorruptDataException;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.ProtoReader;

/// Renders attribute values as text, as the reference implementation does. Its text for arrays and
/// lists is the debugging output of its language; it is visible in process properties and may take
/// part in identities, so it is reproduced. Stateless.
public final class AttributeText {
  private AttributeText() {}

  /// The text of the `AnyValue` in `bytes[begin, end)`, which is canonical.
  ///
  /// @throws CorruptDataException when it is not protobuf
  public static String of(byte[] bytes, int begin, int end) {
    ProtoReader reader = new ProtoReader().over(bytes, begin, end);
    if (!reader.next()) {
      return "";
    }
    return switch (reader.tag()) {
      case OtlpTags.AnyValue.STRING_VALUE -> text(bytes, reader);
      case OtlpTags.AnyValue.BOOL_VALUE -> Boolean.toString(reader.asBoolean());
      case OtlpTags.AnyValue.INT_VALUE -> Long.toString(reader.asLong());
      case OtlpTags.AnyValue.DOUBLE_VALUE -> decimal(reader.asDouble());
      case OtlpTags.AnyValue.BYTES_VALUE -> numbers(bytes, reader.begin(), reader.end());
      case OtlpTags.AnyValue.ARRAY_VALUE, OtlpTags.AnyValue.KVLIST_VALUE -> {
        StringBuilder out = new StringBuilder();
        option(out, bytes, begin, end);
        yield out.toString();
      }
      default -> "";
    };
  }

  /// Shortest decimal that reads back as the same number, without exponent.
  public static String decimal(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    return shortest.toPlainString();
  }

  /// `None` or `Some(…)` of the value in an `AnyValue`.
  private static void option(StringBuilder out, byte[] bytes, int begin, int end) {
    ProtoReader reader = new ProtoReader().over(bytes, begin, end);
    if (!reader.next()) {
      out.append("None");
      return;
    }
    out.append("Some(");
    switch (reader.tag()) {
      case OtlpTags.AnyValue.STRING_VALUE -> {
        out.append("StringValue(");
        DebugText.quote(out, text(bytes, reader));
      }
      case OtlpTags.AnyValue.BOOL_VALUE -> out.append("BoolValue(").append(reader.asBoolean());
      case OtlpTags.AnyValue.INT_VALUE -> out.append("IntValue(").append(reader.asLong());
      case OtlpTags.AnyValue.DOUBLE_VALUE ->
          out.append("DoubleValue(").append(DebugText.number(reader.asDouble()));
      case OtlpTags.AnyValue.ARRAY_VALUE -> {
        out.append("ArrayValue(ArrayValue { values: [");
        values(out, bytes, reader);
        out.append("] }");
      }
      case OtlpTags.AnyValue.KVLIST_VALUE -> {
        out.append("KvlistValue(KeyValueList { values: [");
        pairs(out, bytes, reader);
        out.append("] }");
      }
      case OtlpTags.AnyValue.BYTES_VALUE ->
          out.append("BytesValue(").append(numbers(bytes, reader.begin(), reader.end()));
      default -> out.append("StringValueStrindex(").append(reader.asInt());
    }
    out.append("))");
  }

  private static void values(StringBuilder out, byte[] bytes, ProtoReader array) {
    ProtoReader reader = new ProtoReader().over(bytes, array.begin(), array.end());
    String separator = "";
    while (reader.next()) {
      out.append(separator).append("AnyValue { value: ");
      option(out, bytes, reader.begin(), reader.end());
      out.append(" }");
      separator = ", ";
    }
  }

  private static void pairs(StringBuilder out, byte[] bytes, ProtoReader list) {
    ProtoReader reader = new ProtoReader().over(bytes, list.begin(), list.end());
    String separator = "";
    while (reader.next()) {
      out.append(separator);
      pair(out, bytes, reader);
      separator = ", ";
    }
  }

  private static void pair(StringBuilder out, byte[] bytes, ProtoReader field) {
    ProtoReader reader = new ProtoReader().over(bytes, field.begin(), field.end());
    String key = "";
    StringBuilder value = new StringBuilder("None");
    int keyIndex = 0;
    while (reader.next()) {
      switch (reader.tag()) {
        case OtlpTags.KeyValue.KEY -> key = text(bytes, reader);
        case OtlpTags.KeyValue.VALUE -> {
          value.setLength(0);
          value.append("Some(AnyValue { value: ");
          option(value, bytes, reader.begin(), reader.end());
          value.append(" })");
        }
        case OtlpTags.KeyValue.KEY_STRINDEX -> keyIndex = reader.asInt();
        default -> {}
      }
    }
    out.append("KeyValue { key: ");
    DebugText.quote(out, key);
    out.append(", value: ").append(value).append(", key_strindex: ").append(keyIndex).append(" }");
  }

  private static String text(byte[] bytes, ProtoReader reader) {
    return new String(bytes, reader.begin(), reader.length(), StandardCharsets.UTF_8);
  }

  private static String numbers(byte[] bytes, int begin, int end) {
    StringBuilder out = new StringBuilder("[");
    for (int i = begin; i < end; i++) {
      out.append(i == begin ? "" : ", ").append(bytes[i] & 0xff);
    }
    return out.append(']').toString();
  }
}
