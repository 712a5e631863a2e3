package micromegas.otlp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;
import micromegas.common.CorruptDataException;

/// A flyweight over one protobuf message in a byte array. It makes no objects: point it at a
/// message with [#over], step through the fields with [#next], and ask for the value of the field
/// it stands on. Fields that are not asked for cost nothing more, so unknown ones need no care.
/// Groups are skipped whole.
///
/// ```java
/// reader.over(bytes, begin, end);
/// while (reader.next()) {
///   switch (reader.tag()) {
///     case OtlpTags.LogRecord.TIME_UNIX_NANO -> time = reader.asLong();
///     case OtlpTags.LogRecord.BODY -> body.over(bytes, reader.begin(), reader.end());
///     default -> {}
///   }
/// }
/// ```
///
/// A nested message is read with a second reader, or with this one between [#enter] and [#leave].
/// Since the switch is over tags (field number and wire type), a field that comes with another wire
/// type than expected is treated like an unknown field.
///
/// Every method that reads throws [CorruptDataException] when the bytes end inside a field, a
/// length reaches beyond the message, a varint has more than ten bytes or 64 bits, a tag has field
/// number 0 or a wire type that does not exist, or groups do not match or are nested deeper than
/// [#MAX_GROUP_DEPTH]; the reader is then to be pointed elsewhere. Not thread-safe.
public final class ProtoReader {
  /// Wire type of integers of variable length, booleans and enums.
  public static final int VARINT = 0;

  /// Wire type of `fixed64`, `sfixed64` and `double`.
  public static final int FIXED64 = 1;

  /// Wire type of strings, bytes, messages and packed repeated fields.
  public static final int LENGTH_DELIMITED = 2;

  /// Wire type of `fixed32`, `sfixed32` and `float`.
  public static final int FIXED32 = 5;

  /// How deep groups may be nested, the limit of the usual protobuf libraries.
  public static final int MAX_GROUP_DEPTH = 100;

  private static final int BEGIN_GROUP = 3;
  private static final int END_GROUP = 4;
  private static final byte[] NOTHING = {};
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = NOTHING;
  private int position;
  private int limit;
  private int tag;
  private int fieldBegin;
  private int begin;
  private long value;

  /// Points at the message in `bytes[begin, end)`.
  ///
  /// @throws IndexOutOfBoundsException when the range does not lie within the array
  public ProtoReader over(byte[] bytes, int begin, int end) {
    Objects.checkFromToIndex(begin, end, bytes.length);
    this.bytes = bytes;
    this.position = begin;
    this.limit = end;
    this.begin = begin;
    this.tag = 0;
    return this;
  }

  /// Moves to the next field; false at the end of the message.
  public boolean next() {
    while (position < limit) {
      fieldBegin = position;
      tag = readTag();
      switch (tag & 7) {
        case VARINT -> value = readVarint();
        case FIXED64 -> {
          value = (long) LONG.get(bytes, advance(8));
        }
        case FIXED32 -> {
          value = (int) INT.get(bytes, advance(4));
        }
        case LENGTH_DELIMITED -> {
          int length = readLength();
          begin = position;
          position += length;
        }
        case BEGIN_GROUP -> {
          skipGroup(tag >>> 3, 1);
          continue;
        }
        case END_GROUP -> throw corrupt("an end of a group that was not begun");
        default -> throw corrupt("wire type " + (tag & 7) + ", which does not exist");
      }
      return true;
    }
    return false;
  }

  /// Field number and wire type of the current field, as in [OtlpTags].
  public int tag() {
    return tag;
  }

  /// Number of the current field.
  public int field() {
    return tag >>> 3;
  }

  /// Where the current field begins, its tag included.
  public int fieldBegin() {
    return fieldBegin;
  }

  /// Wire type of the current field: [#VARINT], [#FIXED64], [#LENGTH_DELIMITED] or [#FIXED32].
  public int wireType() {
    return tag & 7;
  }

  /// The current varint or fixed value as `int64`, `uint64`, `fixed64` or `sfixed64`. A `fixed32`
  /// is sign extended.
  public long asLong() {
    return value;
  }

  /// The current varint or fixed value as `int32`, `uint32`, `fixed32` or an enum: its low 32 bits,
  /// as protobuf demands.
  public int asInt() {
    return (int) value;
  }

  /// The current varint as `bool`.
  public boolean asBoolean() {
    return value != 0;
  }

  /// The current varint as `sint32`, zigzag decoded.
  public int asSignedInt() {
    int low = (int) value;
    return (low >>> 1) ^ -(low & 1);
  }

  /// The current fixed value of eight bytes as `double`.
  public double asDouble() {
    return Double.longBitsToDouble(value);
  }

  /// Where the content of the current length-delimited field begins.
  public int begin() {
    return begin;
  }

  /// Where the content of the current length-delimited field ends.
  public int end() {
    return position;
  }

  /// Number of bytes of the current length-delimited field.
  public int length() {
    return position - begin;
  }

  /// Reads a length where a field would begin, as in a sequence of messages that each follow their
  /// length; [#begin], [#end] and [#enter] then refer to the message behind it.
  ///
  /// @return where the message begins
  public int beginDelimited() {
    int length = readLength();
    begin = position;
    position += length;
    return begin;
  }

  /// Steps into the current length-delimited field, which is a message. Returns what [#leave] needs
  /// to step out again.
  public int enter() {
    int outer = limit;
    limit = position;
    position = begin;
    return outer;
  }

  /// Steps out of the message entered last, behind it, whether it has been read to its end or not.
  public void leave(int outer) {
    position = limit;
    limit = outer;
  }

  /// Whether values are left in a packed field that was entered with [#enter] and is read with
  /// [#packedVarint] or [#packedFixed64].
  public boolean hasPacked() {
    return position < limit;
  }

  /// The next value of a packed field of varints.
  public long packedVarint() {
    return readVarint();
  }

  /// The next value of a packed field of `fixed64`, `sfixed64` or (as bits) `double`.
  public long packedFixed64() {
    return (long) LONG.get(bytes, advance(8));
  }

  private int readTag() {
    int first = bytes[position];
    if (first >= 8) {
      position++;
      return first;
    }
    long wide = readVarint();
    if (wide >>> 32 != 0 || wide >>> 3 == 0) {
      throw corrupt("field number " + Long.toUnsignedString(wide >>> 3));
    }
    return (int) wide;
  }

  private int readLength() {
    long length = readVarint();
    if (length < 0 || length > limit - position) {
      throw corrupt(
          "a length of "
              + Long.toUnsignedString(length)
              + " bytes where "
              + (limit - position)
              + " are left");
    }
    return (int) length;
  }

  private long readVarint() {
    int at = position;
    if (at < limit && bytes[at] >= 0) {
      position = at + 1;
      return bytes[at];
    }
    long result = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at >= limit) {
        throw corrupt("the end of the message inside a varint");
      }
      byte next = bytes[at++];
      result |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        if (shift == 63 && next > 1) {
          throw corrupt("a varint of more than 64 bits");
        }
        position = at;
        return result;
      }
    }
    throw corrupt("a varint of more than ten bytes");
  }

  private int advance(int size) {
    int at = position;
    if (size > limit - at) {
      throw corrupt("the end of the message inside a value of " + size + " bytes");
    }
    position = at + size;
    return at;
  }

  private void skipGroup(int field, int depth) {
    if (depth > MAX_GROUP_DEPTH) {
      throw corrupt("groups nested deeper than " + MAX_GROUP_DEPTH);
    }
    while (position < limit) {
      int inner = readTag();
      switch (inner & 7) {
        case VARINT -> readVarint();
        case FIXED64 -> advance(8);
        case FIXED32 -> advance(4);
        case LENGTH_DELIMITED -> advance(readLength());
        case BEGIN_GROUP -> skipGroup(inner >>> 3, depth + 1);
        case END_GROUP -> {
          if (inner >>> 3 != field) {
            throw corrupt("group " + field + " ended as group " + (inner >>> 3));
          }
          return;
        }
        default -> throw corrupt("wire type " + (inner & 7) + ", which does not exist");
      }
    }
    throw corrupt("the end of the message inside a group");
  }

  private CorruptDataException corrupt(String what) {
    return new CorruptDataException("protobuf: " + what + " (at byte " + position + ")");
  }
}
