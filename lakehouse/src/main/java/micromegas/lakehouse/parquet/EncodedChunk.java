package micromegas.lakehouse.parquet;

/// What the footer says about one column chunk; offsets are relative to the row group.
///
/// @param offset where the chunk begins
/// @param dictionaryBytes stored bytes of the dictionary page with its header; 0 without dictionary
/// @param compressedBytes stored bytes of all pages with their headers
/// @param uncompressedBytes the same before compression
record EncodedChunk(
    ParquetColumn column,
    int offset,
    int dictionaryBytes,
    int compressedBytes,
    long uncompressedBytes,
    long values,
    Encoding encoding,
    int dataPages,
    boolean zstd,
    ChunkStatistics statistics) {

  /// Encodings of data pages.
  enum Encoding {
    PLAIN(0),
    DELTA_BINARY_PACKED(5),
    DELTA_LENGTH_BYTE_ARRAY(6),
    RLE_DICTIONARY(8),
    BYTE_STREAM_SPLIT(9);

    final int code;

    Encoding(int code) {
      this.code = code;
    }
  }

  /// Writes the ColumnChunk structure of parquet.thrift.
  ///
  /// @param base where the row group begins in the file
  void write(CompactThrift thrift, long base) {
    long begin = base + offset;
    thrift.begin();
    thrift.field(2, 0L); // file_offset, deprecated
    thrift.begin(3);
    thrift.field(1, column.type().code);
    writeEncodings(thrift);
    thrift.list(3, CompactThrift.BINARY, column.path().size());
    for (String element : column.path()) {
      thrift.element(element);
    }
    thrift.field(4, zstd ? 6 : 0);
    thrift.field(5, values);
    thrift.field(6, uncompressedBytes);
    thrift.field(7, (long) compressedBytes);
    thrift.field(9, begin + dictionaryBytes);
    if (dictionaryBytes > 0) {
      thrift.field(11, begin);
    }
    statistics.write(thrift, 12);
    writePageEncodings(thrift);
    thrift.end();
    thrift.end();
  }

  private void writeEncodings(CompactThrift thrift) {
    boolean levels = column.nullable() || column.isList();
    thrift.list(2, CompactThrift.I32, 1 + (dictionaryBytes > 0 ? 1 : 0) + (levels ? 1 : 0));
    thrift.element(encoding.code);
    if (dictionaryBytes > 0) {
      thrift.element(Encoding.PLAIN.code);
    }
    if (levels) {
      thrift.element(3); // RLE
    }
  }

  /// Readers that prune by dictionary content (Trino) want to know that every page uses it.
  private void writePageEncodings(CompactThrift thrift) {
    thrift.list(13, CompactThrift.STRUCT, dictionaryBytes > 0 ? 2 : 1);
    if (dictionaryBytes > 0) {
      pageEncoding(thrift, 2, Encoding.PLAIN, 1);
    }
    pageEncoding(thrift, 3, encoding, dataPages);
  }

  private static void pageEncoding(CompactThrift thrift, int page, Encoding encoding, int count) {
    thrift.begin();
    thrift.field(1, page);
    thrift.field(2, encoding.code);
    thrift.field(3, count);
    thrift.end();
  }
}
