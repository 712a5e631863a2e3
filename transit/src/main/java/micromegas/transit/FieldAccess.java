package micromegas.transit;

/// Where one field lies inside the records of one type, found once so that reading it per record
/// needs no lookup. Immutable.
///
/// The kind a reader wants was checked when the handle was made; the field was checked to lie
/// inside the record when the layout was compiled.
public final class FieldAccess {
  /// No field: reading it fails. For tables of handles in which not all are filled.
  public static final FieldAccess ABSENT = new FieldAccess(Integer.MIN_VALUE, false);

  private final int offset;
  private final boolean narrow;

  FieldAccess(int offset, boolean narrow) {
    this.offset = offset;
    this.narrow = narrow;
  }

  /// The 64-bit integer or the dependency id.
  public long getLong(byte[] bytes, int recordBegin) {
    return LittleEndian.getLong(bytes, recordBegin + offset);
  }

  /// The 32-bit integer, as stored in four bytes or in one.
  public int getInt(byte[] bytes, int recordBegin) {
    return narrow
        ? bytes[recordBegin + offset] & 0xff
        : LittleEndian.getInt(bytes, recordBegin + offset);
  }

  public double getDouble(byte[] bytes, int recordBegin) {
    return Double.longBitsToDouble(LittleEndian.getLong(bytes, recordBegin + offset));
  }

  /// Bytes from the begin of the record.
  public int offset() {
    return offset;
  }
}
