package micromegas.otlp.canonical;

import java.util.Arrays;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.ProtoWriter;
import micromegas.otlp.schema.Field;
import micromegas.otlp.schema.FieldType;
import micromegas.otlp.schema.MessageType;
import org.jspecify.annotations.Nullable;

/// Writes a message anew in canonical form. A message that is given in several parts (a singular
/// field that came more than once) is the concatenation of the parts: that is how protobuf defines
/// merging.
///
/// Every message is looked through once before it is written. When its fields are in order, which
/// is the rule, they are written in one pass, otherwise in one pass per field that is present; both
/// are linear in the size of the message, whatever it contains. Not thread-safe.
final class CanonicalRewriter {
  private final ProtoWriter out = new ProtoWriter();

  /// One reader per level, made when first needed.
  private final @Nullable ProtoReader[] readers = new ProtoReader[FieldRules.MAX_DEPTH + 1];

  /// Begin and end of the parts of the messages that are being written, outermost first.
  private int[] parts = new int[64];

  private int partsSize;
  private byte[] bytes = {};

  /// The canonical form of the message in `message[begin, end)`, in an array of its own.
  byte[] rewritten(MessageType type, byte[] message, int begin, int end, int depth) {
    bytes = message;
    out.clear();
    partsSize = 0;
    push(begin, end);
    write(type, 0, partsSize, depth);
    return out.toByteArray();
  }

  private void write(MessageType type, int from, int to, int depth) {
    ProtoReader reader = reader(depth);
    int present = 0;
    boolean ordered = true;
    int lastRank = -1;
    for (int part = from; part < to; part += 2) {
      reader.over(bytes, parts[part], parts[part + 1]);
      while (reader.next()) {
        Field field = FieldRules.known(type, reader);
        if (field != null) {
          int rank = field.rank();
          boolean again = rank == lastRank && field.isRepeated() && !field.isPacked();
          ordered &= rank > lastRank || again;
          lastRank = rank;
          present |= 1 << rank;
        }
      }
    }
    if (ordered) {
      writeInOrder(type, reader, from, to, depth);
    } else {
      for (int rank = 0; rank < type.ranks(); rank++) {
        if ((present & 1 << rank) != 0) {
          writeRank(type, rank, reader, from, to, depth);
        }
      }
    }
  }

  private void writeInOrder(MessageType type, ProtoReader reader, int from, int to, int depth) {
    for (int part = from; part < to; part += 2) {
      reader.over(bytes, parts[part], parts[part + 1]);
      while (reader.next()) {
        Field field = FieldRules.known(type, reader);
        if (field == null) {
          continue;
        }
        if (field.isPacked()) {
          int expected = reader.wireType() == ProtoReader.LENGTH_DELIMITED ? reader.length() : 10;
          int content = beginPacked(field, expected);
          packedValues(field, reader);
          endPacked(field, content, expected);
        } else if (reader.wireType() != ProtoReader.LENGTH_DELIMITED) {
          number(field, reader.asLong());
        } else {
          int mark = partsSize;
          push(reader.begin(), reader.end());
          content(field, mark, depth);
          partsSize = mark;
        }
      }
    }
  }

  /// Writes the one field, or the oneof, that has this rank, from wherever its values are.
  private void writeRank(
      MessageType type, int rank, ProtoReader reader, int from, int to, int depth) {
    int mark = partsSize;
    @Nullable Field last = null;
    long number = 0;
    int packed = -1;
    int expected = 0;
    for (int part = from; part < to; part += 2) {
      reader.over(bytes, parts[part], parts[part + 1]);
      while (reader.next()) {
        Field field = FieldRules.known(type, reader);
        if (field == null || field.rank() != rank) {
          continue;
        }
        if (field.isPacked()) {
          if (packed < 0) {
            expected = reader.wireType() == ProtoReader.LENGTH_DELIMITED ? reader.length() : 10;
            packed = beginPacked(field, expected);
          }
          packedValues(field, reader);
        } else if (reader.wireType() != ProtoReader.LENGTH_DELIMITED) {
          number = reader.asLong();
        } else if (field.isRepeated()) {
          push(reader.begin(), reader.end());
          content(field, mark, depth);
          partsSize = mark;
        } else {
          // Only messages merge, and only with the same member of a oneof.
          if (last != field || field.type() != FieldType.MESSAGE) {
            discard(last, mark, depth);
          }
          push(reader.begin(), reader.end());
        }
        last = field;
      }
    }
    if (last == null) {
      return;
    }
    if (packed >= 0) {
      endPacked(last, packed, expected);
    } else if (last.type().wireType() != ProtoReader.LENGTH_DELIMITED) {
      number(last, number);
    } else if (!last.isRepeated()) {
      content(last, mark, depth);
    }
    partsSize = mark;
  }

  private void number(Field field, long value) {
    long canonical = FieldRules.number(field, value);
    if (field.presence() == Field.Presence.IMPLICIT && FieldRules.isZero(field, canonical)) {
      return;
    }
    out.tag(field.number(), field.type().wireType());
    switch (field.type().wireType()) {
      case ProtoReader.FIXED64 -> out.fixed64(canonical);
      case ProtoReader.FIXED32 -> out.fixed32((int) canonical);
      default -> out.varint(canonical);
    }
  }

  /// Writes the text, bytes or message in the parts from `from` on.
  private void content(Field field, int from, int depth) {
    int begin = parts[from];
    int end = parts[from + 1];
    if (field.type() == FieldType.MESSAGE) {
      int inner = FieldRules.deeper(depth);
      int expected = 0;
      for (int part = from; part < partsSize; part += 2) {
        expected += parts[part + 1] - parts[part];
      }
      out.tag(field.number(), ProtoReader.LENGTH_DELIMITED);
      int content = out.begin(expected);
      write(field.message(), from, partsSize, inner);
      out.end(content, expected);
      return;
    }
    if (field.type() == FieldType.STRING) {
      FieldRules.checkText(field, bytes, begin, end);
    }
    if (begin < end || field.presence() != Field.Presence.IMPLICIT) {
      out.tag(field.number(), ProtoReader.LENGTH_DELIMITED);
      out.bytes(bytes, begin, end);
    }
  }

  /// Drops a value that another one replaces, but not without looking at it: a request is refused
  /// as a whole when any part of it is malformed.
  private void discard(@Nullable Field replaced, int from, int depth) {
    if (replaced != null && partsSize > from) {
      int size = out.size();
      content(replaced, from, depth);
      out.truncate(size);
    }
    partsSize = from;
  }

  private int beginPacked(Field field, int expected) {
    out.tag(field.number(), ProtoReader.LENGTH_DELIMITED);
    return out.begin(expected);
  }

  private void packedValues(Field field, ProtoReader reader) {
    boolean varints = field.type().wireType() == ProtoReader.VARINT;
    if (reader.wireType() != ProtoReader.LENGTH_DELIMITED) {
      packedValue(varints, FieldRules.number(field, reader.asLong()));
      return;
    }
    int outer = reader.enter();
    while (reader.hasPacked()) {
      packedValue(
          varints,
          FieldRules.number(field, varints ? reader.packedVarint() : reader.packedFixed64()));
    }
    reader.leave(outer);
  }

  private void packedValue(boolean varint, long value) {
    if (varint) {
      out.varint(value);
    } else {
      out.fixed64(value);
    }
  }

  /// Ends the packed field, or takes it back when it has no value.
  private void endPacked(Field field, int content, int expected) {
    if (out.size() == content) {
      int tagSize = ProtoWriter.varintSize((long) field.number() << 3);
      out.truncate(content - ProtoWriter.varintSize(expected) - tagSize);
    } else {
      out.end(content, expected);
    }
  }

  private void push(int begin, int end) {
    if (partsSize + 2 > parts.length) {
      parts = Arrays.copyOf(parts, parts.length * 2);
    }
    parts[partsSize++] = begin;
    parts[partsSize++] = end;
  }

  private ProtoReader reader(int depth) {
    ProtoReader reader = readers[depth];
    if (reader == null) {
      reader = new ProtoReader();
      readers[depth] = reader;
    }
    return reader;
  }
}
