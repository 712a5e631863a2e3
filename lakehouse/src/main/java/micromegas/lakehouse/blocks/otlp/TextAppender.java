package micromegas.lakehouse.blocks.otlp;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import micromegas.lakehouse.blocks.TextBudget;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.jsonb.JsonbBuilder;
import micromegas.lakehouse.jsonb.JsonbText;
import micromegas.otlp.OtlpTags.AnyValue;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.Utf8;
import micromegas.otlp.identity.AttributeText;

/// Appends texts of a block to columns. Not thread-safe.
final class TextAppender {
  private final Attributes attributes;
  private final JsonbBuilder json;
  private final TextBudget budget;
  private final ProtoReader value = new ProtoReader();

  TextAppender(Attributes attributes, JsonbBuilder json, TextBudget budget) {
    this.attributes = attributes;
    this.json = json;
    this.budget = budget;
  }

  /// Appends UTF-8, repaired where it is ill-formed.
  void append(byte[] bytes, int begin, int end, BytesColumn out) {
    budget.take(end - begin);
    if (Utf8.isWellFormed(bytes, begin, end)) {
      out.append(bytes, begin, end - begin);
    } else {
      append(Attributes.repaired(bytes, begin, end), out);
    }
  }

  /// The dictionary index of UTF-8, repaired where it is ill-formed.
  int intern(byte[] bytes, int begin, int end, DictionaryColumn out) {
    return Utf8.isWellFormed(bytes, begin, end)
        ? out.intern(bytes, begin, end - begin)
        : out.intern(Attributes.repaired(bytes, begin, end));
  }

  /// Appends the body of a log record: a text as it is, numbers in decimal without exponent, bytes
  /// as base64, lists and maps as JSON with sorted keys, nothing as empty text (`otlp.md` 5.2).
  ///
  /// @param begin and `end`: an `AnyValue`
  void appendBody(byte[] bytes, int begin, int end, BytesColumn out) {
    value.over(bytes, begin, end);
    int tag = 0;
    long number = 0;
    int contentBegin = begin;
    int contentEnd = begin;
    while (value.next()) { // of a oneof the last one counts
      tag = value.tag();
      if (value.wireType() == ProtoReader.LENGTH_DELIMITED) {
        contentBegin = value.begin();
        contentEnd = value.end();
      } else {
        number = value.asLong();
      }
    }
    switch (tag) {
      case AnyValue.STRING_VALUE -> append(bytes, contentBegin, contentEnd, out);
      case AnyValue.BOOL_VALUE -> append(number != 0 ? "true" : "false", out);
      case AnyValue.INT_VALUE -> append(Long.toString(number), out);
      case AnyValue.DOUBLE_VALUE ->
          append(AttributeText.decimal(Double.longBitsToDouble(number)), out);
      case AnyValue.BYTES_VALUE -> {
        budget.take(2L * (contentEnd - contentBegin));
        byte[] content = java.util.Arrays.copyOfRange(bytes, contentBegin, contentEnd);
        append(Base64.getEncoder().encode(content), out);
      }
      case AnyValue.ARRAY_VALUE, AnyValue.KVLIST_VALUE -> {
        json.beginArray();
        attributes.value(bytes, begin, end);
        json.end();
        budget.take(json.length());
        String list = JsonbText.format(json.document());
        append(list.substring(1, list.length() - 1), out);
      }
      default -> out.append(bytes, begin, 0);
    }
  }

  private static void append(String text, BytesColumn out) {
    append(text.getBytes(StandardCharsets.UTF_8), out);
  }

  private static void append(byte[] text, BytesColumn out) {
    out.append(text, 0, text.length);
  }
}
