package micromegas.transit;

/// Walks the records of a transit buffer in place. Nothing is allocated per record; the buffer is
/// shared and must not change meanwhile. Not thread-safe.
///
/// Hot code: the begin, end and type of the record are plain fields, and a fixed-size record is
/// read through [FieldAccess] handles.
public final class ObjectCursor {
  private static final byte[] EMPTY = {};
  private static final int CODEC_ANSI = 0;
  private static final int CODEC_WIDE = 1;
  private static final int CODEC_UTF8 = 2;

  private int[] sizes = {};
  private byte[] buffer = EMPTY;
  private int bufferEnd;
  private int type;
  private int begin;
  private int end;

  /// Where the next sequential read of a variable-size record starts.
  private int position;

  private byte[] text = EMPTY;
  private int textBegin;
  private int textLength;
  private int bytesBegin;
  private int bytesLength;

  /// Holds the last text that was not stored as valid UTF-8.
  private byte[] repaired = EMPTY;

  /// Starts over on `bytes[from, to)`.
  public void reset(TypeTable types, byte[] bytes, int from, int to) {
    sizes = types.sizes();
    buffer = bytes;
    bufferEnd = to;
    begin = from;
    end = from;
  }

  /// Moves to the next record; false at the end of the buffer.
  ///
  /// @throws CorruptBlockException for an unknown type index, or a record that does not fit
  public boolean next() {
    int at = end;
    if (at >= bufferEnd) {
      return false;
    }
    int index = buffer[at] & 0xff;
    if (index >= sizes.length) {
      throw new CorruptBlockException("record type " + index + " of " + sizes.length);
    }
    int size = sizes[index];
    at++;
    if (size == 0) {
      if (bufferEnd - at < 4) {
        throw truncated();
      }
      size = LittleEndian.getInt(buffer, at);
      at += 4;
    }
    if (size < 0 || size > bufferEnd - at) {
      throw truncated();
    }
    type = index;
    begin = at;
    position = at;
    end = at + size;
    return true;
  }

  /// Type of the current record: an index into the metadata array.
  public int type() {
    return type;
  }

  /// The buffer in which [#begin] and [#end] count.
  public byte[] buffer() {
    return buffer;
  }

  public int begin() {
    return begin;
  }

  public int end() {
    return end;
  }

  /// A 64-bit integer of a fixed-size record.
  public long getLong(FieldAccess field) {
    return field.getLong(buffer, begin);
  }

  public int getInt(FieldAccess field) {
    return field.getInt(buffer, begin);
  }

  public double getDouble(FieldAccess field) {
    return field.getDouble(buffer, begin);
  }

  /// Next eight bytes of a variable-size record.
  public long readLong() {
    int at = take(8);
    return LittleEndian.getLong(buffer, at);
  }

  public int readInt() {
    int at = take(4);
    return LittleEndian.getInt(buffer, at);
  }

  public int readByte() {
    int at = take(1);
    return buffer[at] & 0xff;
  }

  /// Next bytes of a variable-size record that hold a string reference.
  ///
  /// @param bytes size of the reference's type
  /// @param id from [RecordLayout#standsForReference] of that type
  /// @return the id of a text
  public long readReference(int bytes, FieldAccess id) {
    int at = take(bytes);
    return id.getLong(buffer, at);
  }

  /// Next dynamic string of a variable-size record; afterwards it is the current text.
  public void readText() {
    int codec = readByte();
    int length = readInt();
    int at = take(length);
    setText(codec, at, length);
  }

  /// The rest of a variable-size record, which must be valid UTF-8; afterwards it is the current
  /// text.
  public void readRestAsText() {
    int at = position;
    int length = end - at;
    if (!Utf8.isValid(buffer, at, length)) {
      throw new CorruptBlockException("text is not UTF-8");
    }
    position = end;
    text = buffer;
    textBegin = at;
    textLength = length;
  }

  /// The array that holds the current text as valid UTF-8; valid until the next text is read.
  public byte[] text() {
    return text;
  }

  public int textBegin() {
    return textBegin;
  }

  public int textLength() {
    return textLength;
  }

  /// Next byte string of a variable-size record; afterwards [#bytesBegin] and [#bytesLength] say
  /// where it lies in [#buffer].
  public void readBytes() {
    int length = readInt();
    bytesBegin = take(length);
    bytesLength = length;
  }

  public int bytesBegin() {
    return bytesBegin;
  }

  public int bytesLength() {
    return bytesLength;
  }

  int position() {
    return position;
  }

  int take(int length) {
    int at = position;
    if (length < 0 || length > end - at) {
      throw truncated();
    }
    position = at + length;
    return at;
  }

  private void setText(int codec, int at, int length) {
    if (codec == CODEC_UTF8 || codec == CODEC_ANSI) {
      if (Utf8.isValid(buffer, at, length)) {
        text = buffer;
        textBegin = at;
        textLength = length;
        return;
      }
      repaired = room(3L * length);
      textLength = Utf8.repair(buffer, at, length, repaired, 0);
    } else if (codec == CODEC_WIDE) {
      if ((length & 1) != 0) {
        throw new CorruptBlockException("wide text of " + length + " bytes");
      }
      repaired = room(length / 2 * 3L);
      textLength = Utf8.fromUtf16(buffer, at, length, repaired, 0);
    } else {
      throw new CorruptBlockException("unknown text codec " + codec);
    }
    text = repaired;
    textBegin = 0;
  }

  private byte[] room(long needed) {
    if (needed > Integer.MAX_VALUE - 16) {
      throw new CorruptBlockException("text of " + needed + " bytes");
    }
    return Utf8.grow(repaired, (int) needed);
  }

  private static CorruptBlockException truncated() {
    return new CorruptBlockException("record is truncated");
  }
}
