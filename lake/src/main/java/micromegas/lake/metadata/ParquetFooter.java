package micromegas.lake.metadata;

import java.util.OptionalLong;

/// Reads the row count out of a Parquet footer (Thrift compact protocol), which old lakes kept in
/// PostgreSQL. In the file metadata, field 1 is the version, 2 the schema, 3 the row count.
final class ParquetFooter {
  private static final int ROW_COUNT_FIELD = 3;
  private static final int MAX_DEPTH = 16;

  private final byte[] bytes;
  private int position;

  private ParquetFooter(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Empty when the bytes are not a footer.
  static OptionalLong numRows(byte[] footer) {
    try {
      return new ParquetFooter(footer).find();
    } catch (IndexOutOfBoundsException | IllegalStateException e) {
      return OptionalLong.empty();
    }
  }

  private OptionalLong find() {
    int field = 0;
    while (true) {
      int header = bytes[position++];
      int type = header & 0x0F;
      if (type == 0) {
        return OptionalLong.empty();
      }
      int delta = (header >> 4) & 0x0F;
      field = delta == 0 ? (int) zigzag() : field + delta;
      if (field == ROW_COUNT_FIELD && type == 6) {
        return OptionalLong.of(zigzag());
      }
      skip(type, 0);
    }
  }

  private void skip(int type, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalStateException("nested too deeply");
    }
    switch (type) {
      case 1, 2 -> {} // booleans are in the type
      case 3 -> position++;
      case 4, 5, 6 -> varint();
      case 7 -> position += 8;
      case 8 -> {
        long length = varint();
        if (length < 0 || length > bytes.length - position) {
          throw new IllegalStateException("string beyond the end");
        }
        position += (int) length;
      }
      case 9, 10 -> skipList(depth);
      case 12 -> skipStruct(depth);
      default -> throw new IllegalStateException("type " + type);
    }
  }

  private void skipList(int depth) {
    int header = bytes[position++] & 0xFF;
    long size = header >> 4;
    if (size == 15) {
      size = varint();
    }
    int elementType = header & 0x0F;
    for (long i = 0; i < size; i++) {
      // Inside lists a boolean takes a byte of its own.
      skip(elementType == 1 || elementType == 2 ? 3 : elementType, depth + 1);
      if (position > bytes.length) {
        throw new IllegalStateException("list beyond the end");
      }
    }
  }

  private void skipStruct(int depth) {
    while (true) {
      int header = bytes[position++];
      int type = header & 0x0F;
      if (type == 0) {
        return;
      }
      if ((header & 0xF0) == 0) {
        varint();
      }
      skip(type, depth + 1);
    }
  }

  private long zigzag() {
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = bytes[position++];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalStateException("number too long");
  }
}
