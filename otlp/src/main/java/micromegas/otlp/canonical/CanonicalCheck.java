package micromegas.otlp.canonical;

import micromegas.common.CorruptDataException;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.ProtoWriter;
import micromegas.otlp.schema.Field;
import micromegas.otlp.schema.MessageType;

/// Tells in one pass, without making objects, whether a message is in canonical form. Hot: every
/// byte of every request passes here. Not thread-safe.
final class CanonicalCheck {
  private final ProtoReader reader = new ProtoReader();
  private byte[] bytes = {};

  /// Whether the message in `message[begin, end)` is in canonical form. Then it is well formed as a
  /// whole.
  ///
  /// @throws CorruptDataException when it is malformed; not every malformed message is seen when it
  ///   is not canonical either
  boolean isCanonical(MessageType type, byte[] message, int begin, int end, int depth) {
    bytes = message;
    reader.over(message, begin, end);
    return check(type, begin, end, depth);
  }

  private boolean check(MessageType type, int begin, int end, int depth) {
    int expected = begin;
    int lastRank = -1;
    while (reader.next()) {
      Field field = FieldRules.known(type, reader);
      // A gap between two fields is a group, which the reader skipped.
      if (field == null || reader.fieldBegin() != expected) {
        return false;
      }
      int rank = field.rank();
      boolean again = rank == lastRank && field.isRepeated() && !field.isPacked();
      if (rank <= lastRank && !again) {
        return false;
      }
      lastRank = rank;
      expected = reader.end();
      boolean good =
          reader.wireType() == ProtoReader.LENGTH_DELIMITED
              ? content(field, reader.fieldBegin(), reader.begin(), expected, depth)
              : number(field, expected - reader.fieldBegin());
      if (!good) {
        return false;
      }
    }
    return expected == end;
  }

  private boolean number(Field field, int size) {
    long value = reader.asLong();
    int tagSize = ProtoWriter.varintSize(reader.tag() & 0xffffffffL);
    int valueSize =
        switch (reader.wireType()) {
          case ProtoReader.FIXED64 -> 8;
          case ProtoReader.FIXED32 -> 4;
          default -> {
            if (FieldRules.number(field, value) != value) {
              yield -1;
            }
            yield ProtoWriter.varintSize(value);
          }
        };
    boolean omitted =
        field.presence() == Field.Presence.IMPLICIT && FieldRules.isZero(field, value);
    return size == tagSize + valueSize && !omitted && !field.isPacked();
  }

  private boolean content(Field field, int fieldBegin, int begin, int end, int depth) {
    int length = end - begin;
    int tagSize = ProtoWriter.varintSize(reader.tag() & 0xffffffffL);
    if (begin - fieldBegin != tagSize + ProtoWriter.varintSize(length)) {
      return false;
    }
    switch (field.type()) {
      case MESSAGE -> {
        int inner = FieldRules.deeper(depth);
        int outer = reader.enter();
        if (!check(field.message(), begin, end, inner)) {
          return false;
        }
        reader.leave(outer);
        return true;
      }
      case STRING -> FieldRules.checkText(field, bytes, begin, end);
      case BYTES, ID -> {}
      default -> {
        return length > 0 && packed(field, length);
      }
    }
    return length > 0 || field.presence() != Field.Presence.IMPLICIT;
  }

  private boolean packed(Field field, int length) {
    int outer = reader.enter();
    int canonical = 0;
    while (reader.hasPacked()) {
      if (field.type().wireType() == ProtoReader.VARINT) {
        long value = FieldRules.number(field, reader.packedVarint());
        canonical += ProtoWriter.varintSize(value);
      } else {
        reader.packedFixed64();
        canonical += 8;
      }
    }
    reader.leave(outer);
    return canonical == length;
  }
}
