package micromegas.lakehouse.blocks.otlp;

import java.nio.charset.StandardCharsets;
import micromegas.common.CorruptDataException;
import micromegas.lakehouse.jsonb.JsonbBuilder;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.Utf8;
import micromegas.otlp.schema.Field;
import micromegas.otlp.schema.MessageType;

/// Spells out OTLP messages as JSONB by the JSON mapping of OTLP: names in lowerCamelCase, 64-bit
/// integers as decimal text, ids in hexadecimal, bytes in base64, enumerations as numbers; what was
/// not sent is left out. For inspection, not a hot path. Not thread-safe.
final class MessageJson {
  private static final int MAX_DEPTH = 3 * Attributes.MAX_DEPTH;

  private final JsonbBuilder json;

  MessageJson(JsonbBuilder json) {
    this.json = json;
  }

  /// Adds the fields of the message in `bytes[begin, end)` to the open object.
  void addFields(MessageType type, byte[] bytes, int begin, int end) {
    addFields(type, bytes, begin, end, 0);
  }

  private void addFields(MessageType type, byte[] bytes, int begin, int end, int depth) {
    if (depth > MAX_DEPTH) {
      throw new CorruptDataException("messages nested deeper than " + MAX_DEPTH);
    }
    for (Field field : type.fields()) {
      ProtoReader reader = new ProtoReader().over(bytes, begin, end);
      boolean found = false;
      while (reader.next()) {
        if (reader.field() == field.number() && fits(field, reader)) {
          if (!found) {
            found = true;
            json.key(field.jsonName().getBytes(StandardCharsets.UTF_8));
            if (field.isRepeated()) {
              json.beginArray();
            }
          } else if (!field.isRepeated()) {
            json.key(field.jsonName().getBytes(StandardCharsets.UTF_8)); // the last one counts
          }
          addValues(field, bytes, reader, depth);
        }
      }
      if (found && field.isRepeated()) {
        json.end();
      }
    }
  }

  private static boolean fits(Field field, ProtoReader reader) {
    return reader.wireType() == field.type().wireType() || isPacked(field, reader);
  }

  private static boolean isPacked(Field field, ProtoReader reader) {
    return field.isRepeated()
        && field.type().isPackable()
        && reader.wireType() == ProtoReader.LENGTH_DELIMITED;
  }

  private void addValues(Field field, byte[] bytes, ProtoReader reader, int depth) {
    if (isPacked(field, reader)) {
      int outer = reader.enter();
      while (reader.hasPacked()) {
        number(
            field,
            field.type().wireType() == ProtoReader.VARINT
                ? reader.packedVarint()
                : reader.packedFixed64());
      }
      reader.leave(outer);
      return;
    }
    switch (field.type()) {
      case STRING -> text(bytes, reader.begin(), reader.end());
      case BYTES -> json.base64Text(bytes, reader.begin(), reader.end());
      case ID -> json.hexText(bytes, reader.begin(), reader.end());
      case MESSAGE -> {
        MessageType type = field.message();
        json.beginObject();
        if (type != null) {
          addFields(type, bytes, reader.begin(), reader.end(), depth + 1);
        }
        json.end();
      }
      default -> number(field, reader.asLong());
    }
  }

  private void number(Field field, long bits) {
    switch (field.type()) {
      case BOOL -> json.value(bits != 0);
      case INT32, ENUM -> json.value((int) bits);
      case UINT32, FIXED32 -> json.value(bits & 0xffffffffL);
      case SINT32 -> json.value((long) ((int) bits >>> 1 ^ -((int) bits & 1)));
      case INT64, SFIXED64 -> ascii(Long.toString(bits));
      case UINT64, FIXED64 -> ascii(Long.toUnsignedString(bits));
      default -> json.value(Double.longBitsToDouble(bits));
    }
  }

  private void ascii(String digits) {
    json.text(digits.getBytes(StandardCharsets.US_ASCII));
  }

  private void text(byte[] bytes, int begin, int end) {
    if (Utf8.isWellFormed(bytes, begin, end)) {
      json.text(bytes, begin, end);
    } else {
      json.text(Attributes.repaired(bytes, begin, end));
    }
  }
}
