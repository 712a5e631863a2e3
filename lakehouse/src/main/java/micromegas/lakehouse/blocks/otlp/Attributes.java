package micromegas.lakehouse.blocks.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import micromegas.common.CorruptDataException;
import micromegas.lakehouse.jsonb.JsonbBuilder;
import micromegas.otlp.OtlpTags.AnyValue;
import micromegas.otlp.OtlpTags.ArrayValue;
import micromegas.otlp.OtlpTags.InstrumentationScope;
import micromegas.otlp.OtlpTags.KeyValue;
import micromegas.otlp.OtlpTags.KeyValueList;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.Utf8;

/// Adds attributes and their values to the open container of a [JsonbBuilder]: texts, booleans and
/// numbers as such, bytes as base64 text, lists and maps recursively, no value as null (`otlp.md`
/// 5.1). Ill-formed UTF-8 is repaired with U+FFFD. Not thread-safe.
final class Attributes {
  /// How deep values may be nested in each other. Messages nested deeper than about 50 lists are
  /// refused by most protobuf libraries, the reference's among them.
  static final int MAX_DEPTH = 100;

  private static final byte[] SCOPE_NAME = "otel.scope.name".getBytes(UTF_8);
  private static final byte[] SCOPE_VERSION = "otel.scope.version".getBytes(UTF_8);
  private static final byte[] SCOPE_ATTRIBUTE = "otel.scope.attr.".getBytes(UTF_8);
  private static final byte[] SCOPE_SCHEMA_URL = "otel.scope.schema_url".getBytes(UTF_8);
  private static final byte[] NO_PREFIX = {};

  private final JsonbBuilder json;
  private ProtoReader[] lists = {};
  private ProtoReader[] pairs = {};
  private ProtoReader[] values = {};

  Attributes(JsonbBuilder json) {
    this.json = json;
  }

  /// Adds the `KeyValue` fields with the given tag among the fields in `bytes[begin, end)`.
  ///
  /// @param omitAbsent whether an attribute without a value is left out instead of being null
  void addAll(byte[] bytes, int begin, int end, int tag, boolean omitAbsent) {
    addAll(bytes, begin, end, tag, NO_PREFIX, omitAbsent, 0);
  }

  /// Adds what describes the current scope, under names that begin with `otel.scope.`.
  void addScope(RecordCursor records) {
    byte[] bytes = records.bytes();
    if (records.nameBegin() < records.nameEnd()) {
      json.key(SCOPE_NAME);
      text(bytes, records.nameBegin(), records.nameEnd());
    }
    if (records.versionBegin() < records.versionEnd()) {
      json.key(SCOPE_VERSION);
      text(bytes, records.versionBegin(), records.versionEnd());
    }
    addAll(
        bytes,
        records.scopeBegin(),
        records.scopeEnd(),
        InstrumentationScope.ATTRIBUTES,
        SCOPE_ATTRIBUTE,
        true,
        0);
    if (records.schemaUrlBegin() < records.schemaUrlEnd()) {
      json.key(SCOPE_SCHEMA_URL);
      text(bytes, records.schemaUrlBegin(), records.schemaUrlEnd());
    }
  }

  /// Adds the `AnyValue` in `bytes[begin, end)` as the next value.
  void value(byte[] bytes, int begin, int end) {
    value(bytes, begin, end, 0);
  }

  /// Adds a text as the next value.
  void text(byte[] bytes, int begin, int end) {
    if (Utf8.isWellFormed(bytes, begin, end)) {
      json.text(bytes, begin, end);
    } else {
      json.text(repaired(bytes, begin, end));
    }
  }

  /// The text with U+FFFD in place of what is not UTF-8.
  static byte[] repaired(byte[] bytes, int begin, int end) {
    return new String(bytes, begin, end - begin, UTF_8).getBytes(UTF_8);
  }

  private void addAll(
      byte[] bytes, int begin, int end, int tag, byte[] prefix, boolean omitAbsent, int depth) {
    reserve(depth);
    ProtoReader list = lists[depth].over(bytes, begin, end);
    while (list.next()) {
      if (list.tag() == tag) {
        addPair(bytes, list.begin(), list.end(), prefix, omitAbsent, depth);
      }
    }
  }

  private void addPair(
      byte[] bytes, int begin, int end, byte[] prefix, boolean omitAbsent, int depth) {
    ProtoReader pair = pairs[depth].over(bytes, begin, end);
    int keyBegin = 0;
    int keyEnd = 0;
    int valueBegin = 0;
    int valueEnd = -1;
    while (pair.next()) {
      switch (pair.tag()) {
        case KeyValue.KEY -> {
          keyBegin = pair.begin();
          keyEnd = pair.end();
        }
        case KeyValue.VALUE -> {
          valueBegin = pair.begin();
          valueEnd = pair.end();
        }
        default -> {}
      }
    }
    boolean absent = valueEnd < 0;
    if (absent && omitAbsent) {
      return;
    }
    json.key(prefix);
    if (Utf8.isWellFormed(bytes, keyBegin, keyEnd)) {
      json.addToKey(bytes, keyBegin, keyEnd);
    } else {
      byte[] key = repaired(bytes, keyBegin, keyEnd);
      json.addToKey(key, 0, key.length);
    }
    if (absent) {
      json.nullValue();
    } else {
      value(bytes, valueBegin, valueEnd, depth + 1);
    }
  }

  private void value(byte[] bytes, int begin, int end, int depth) {
    if (depth > MAX_DEPTH) {
      throw new CorruptDataException("values nested deeper than " + MAX_DEPTH);
    }
    reserve(depth);
    ProtoReader reader = values[depth].over(bytes, begin, end);
    int tag = 0;
    long number = 0;
    int contentBegin = 0;
    int contentEnd = 0;
    while (reader.next()) { // of a oneof the last one counts
      switch (reader.tag()) {
        case AnyValue.STRING_VALUE,
            AnyValue.ARRAY_VALUE,
            AnyValue.KVLIST_VALUE,
            AnyValue.BYTES_VALUE -> {
          tag = reader.tag();
          contentBegin = reader.begin();
          contentEnd = reader.end();
        }
        case AnyValue.BOOL_VALUE,
            AnyValue.INT_VALUE,
            AnyValue.DOUBLE_VALUE,
            AnyValue.STRING_VALUE_STRINDEX -> {
          tag = reader.tag();
          number = reader.asLong();
        }
        default -> {}
      }
    }
    switch (tag) {
      case AnyValue.STRING_VALUE -> text(bytes, contentBegin, contentEnd);
      case AnyValue.BOOL_VALUE -> json.value(number != 0);
      case AnyValue.INT_VALUE -> json.value(number);
      case AnyValue.DOUBLE_VALUE -> json.value(Double.longBitsToDouble(number));
      case AnyValue.BYTES_VALUE -> json.base64Text(bytes, contentBegin, contentEnd);
      case AnyValue.ARRAY_VALUE -> {
        json.beginArray();
        ProtoReader list = lists[depth].over(bytes, contentBegin, contentEnd);
        while (list.next()) {
          if (list.tag() == ArrayValue.VALUES) {
            value(bytes, list.begin(), list.end(), depth + 1);
          }
        }
        json.end();
      }
      case AnyValue.KVLIST_VALUE -> {
        json.beginObject();
        addAll(bytes, contentBegin, contentEnd, KeyValueList.VALUES, NO_PREFIX, false, depth);
        json.end();
      }
      default -> json.nullValue();
    }
  }

  /// Makes the readers of a level, the first time it is reached.
  private void reserve(int depth) {
    if (depth >= lists.length) {
      lists = grown(lists, depth);
      pairs = grown(pairs, depth);
      values = grown(values, depth);
    }
  }

  private static ProtoReader[] grown(ProtoReader[] readers, int depth) {
    int known = readers.length;
    ProtoReader[] more = Arrays.copyOf(readers, Math.max(4, 2 * depth));
    for (int i = known; i < more.length; i++) {
      more[i] = new ProtoReader();
    }
    return more;
  }
}
