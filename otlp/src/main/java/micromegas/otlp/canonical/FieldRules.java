package micromegas.otlp.canonical;

import micromegas.common.CorruptDataException;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.Utf8;
import micromegas.otlp.schema.Field;
import micromegas.otlp.schema.MessageType;
import org.jspecify.annotations.Nullable;

/// What holds for single fields in the canonical form. Stateless.
final class FieldRules {
  /// How deep messages may be nested below a request, the limit of the usual protobuf libraries.
  static final int MAX_DEPTH = 100;

  private FieldRules() {}

  /// The field on which the reader stands, or null for one that the message does not know.
  ///
  /// @throws CorruptDataException for a known field of another wire type: the usual libraries
  ///   disagree about whether to drop it, and it always is a defect of the sender
  static @Nullable Field known(MessageType type, ProtoReader reader) {
    Field field = type.field(reader.field());
    if (field == null) {
      return null;
    }
    int wireType = reader.wireType();
    if (wireType != field.type().wireType()
        && !(wireType == ProtoReader.LENGTH_DELIMITED && field.isPacked())) {
      throw new CorruptDataException(
          "protobuf: field %d (%s) of %s has wire type %d"
              .formatted(field.number(), field.jsonName(), type, wireType));
    }
    return field;
  }

  /// The value that the canonical form writes for a number: cut to the width of its type, as every
  /// decoder does.
  static long number(Field field, long value) {
    return switch (field.type()) {
      case BOOL -> value == 0 ? 0 : 1;
      case INT32, ENUM -> (int) value;
      case UINT32, SINT32, FIXED32 -> value & 0xffffffffL;
      default -> value;
    };
  }

  /// Whether a number is the default of its type. Negative zero is, as for the reference's encoder.
  static boolean isZero(Field field, long value) {
    return switch (field.type()) {
      case DOUBLE -> value << 1 == 0;
      default -> value == 0;
    };
  }

  static void checkText(Field field, byte[] bytes, int begin, int end) {
    if (!Utf8.isWellFormed(bytes, begin, end)) {
      throw new CorruptDataException("protobuf: " + field.jsonName() + " is not UTF-8");
    }
  }

  /// Enters one more level.
  static int deeper(int depth) {
    if (depth >= MAX_DEPTH) {
      throw new CorruptDataException("protobuf: messages nested deeper than " + MAX_DEPTH);
    }
    return depth + 1;
  }
}
