package micromegas.query.duckdb;

/// The integers of up to 64 bits, with their ids in the header duckdb.h.
enum IntegerType {
  TINYINT(2, 1, true),
  SMALLINT(3, 2, true),
  INTEGER(4, 4, true),
  BIGINT(5, 8, true),
  UTINYINT(6, 1, false),
  USMALLINT(7, 2, false),
  UINTEGER(8, 4, false),
  UBIGINT(9, 8, false);

  final int id;
  final int bytes;

  /// Smallest value.
  final double min;

  /// One more than the largest value; exact, unlike the largest value of 64 bits.
  final double end;

  IntegerType(int id, int bytes, boolean signed) {
    this.id = id;
    this.bytes = bytes;
    this.min = signed ? -Math.scalb(1.0, 8 * bytes - 1) : 0;
    this.end = Math.scalb(1.0, signed ? 8 * bytes - 1 : 8 * bytes);
  }
}
