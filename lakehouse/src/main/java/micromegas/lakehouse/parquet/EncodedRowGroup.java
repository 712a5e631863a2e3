package micromegas.lakehouse.parquet;

import java.util.List;

/// A row group as it will lie in the file, made on any thread and appended by
/// [ParquetAppender#append]. Immutable.
public final class EncodedRowGroup {
  private final byte[] bytes;
  private final int rows;
  private final List<EncodedChunk> chunks;

  EncodedRowGroup(byte[] bytes, int rows, List<EncodedChunk> chunks) {
    this.bytes = bytes;
    this.rows = rows;
    this.chunks = List.copyOf(chunks);
  }

  public int rows() {
    return rows;
  }

  /// Stored bytes.
  public int size() {
    return bytes.length;
  }

  byte[] bytes() {
    return bytes;
  }

  List<EncodedChunk> chunks() {
    return chunks;
  }
}
