package micromegas.lakehouse.parquet;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes Thrift structures in the compact protocol, as far as Parquet's headers and footer need
/// it. Fields of a structure are written in ascending order of their ids. Format:
/// `thrift-compact-protocol.md` of Apache Thrift.
final class CompactThrift {
  static final int I32 = 5;
  static final int BINARY = 8;
  static final int STRUCT = 12;

  private static final int BOOLEAN_TRUE = 1;
  private static final int BOOLEAN_FALSE = 2;
  private static final int BYTE = 3;
  private static final int I64 = 6;
  private static final int LIST = 9;

  private final ByteSink out;
  private int[] outerFields = new int[16];
  private int depth;
  private int lastField;

  CompactThrift(ByteSink out) {
    this.out = out;
  }

  /// Begins a structure that is not a field: the message itself, or an element of a list.
  void begin() {
    if (depth == outerFields.length) {
      outerFields = Arrays.copyOf(outerFields, depth * 2);
    }
    outerFields[depth++] = lastField;
    lastField = 0;
  }

  /// Begins a structure that is the field `id`.
  void begin(int id) {
    header(id, STRUCT);
    begin();
  }

  void end() {
    out.put(0);
    lastField = outerFields[--depth];
  }

  /// A structure without fields, such as most members of a union.
  void empty(int id) {
    begin(id);
    end();
  }

  void field(int id, boolean value) {
    header(id, value ? BOOLEAN_TRUE : BOOLEAN_FALSE);
  }

  void fieldByte(int id, int value) {
    header(id, BYTE);
    out.put(value);
  }

  void field(int id, int value) {
    header(id, I32);
    out.putZigZag(value);
  }

  void field(int id, long value) {
    header(id, I64);
    out.putZigZag(value);
  }

  void field(int id, byte[] value) {
    header(id, BINARY);
    element(value);
  }

  void field(int id, String value) {
    field(id, value.getBytes(StandardCharsets.UTF_8));
  }

  /// Begins a list; its elements follow.
  void list(int id, int elementType, int count) {
    header(id, LIST);
    if (count < 15) {
      out.put((count << 4) | elementType);
    } else {
      out.put(0xF0 | elementType);
      out.putVarint(count);
    }
  }

  void element(int value) {
    out.putZigZag(value);
  }

  void element(byte[] value) {
    out.putVarint(value.length);
    out.put(value, 0, value.length);
  }

  void element(String value) {
    element(value.getBytes(StandardCharsets.UTF_8));
  }

  private void header(int id, int type) {
    int delta = id - lastField;
    if (delta > 0 && delta <= 15) {
      out.put((delta << 4) | type);
    } else {
      out.put(type);
      out.putZigZag(id);
    }
    lastField = id;
  }
}
