package micromegas.lakehouse.parquet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import micromegas.common.UnavailableException;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/// Writes one Parquet file, row group after row group; the footer comes last. Keeps nothing but the
/// footer (about 2 KiB per row group) in memory. Not thread-safe. The caller owns the channel.
///
/// Methods throw [UnavailableException] when the channel fails; the file is then worthless.
public final class ParquetAppender {
  static final String CREATED_BY = "micromegas-java version 0.1.0";

  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  private final WritableByteChannel channel;
  private final Schema schema;
  private final List<ParquetColumn> columns;
  private final ByteSink rowGroups = new ByteSink(16 * 1024);
  private final CompactThrift thrift = new CompactThrift(rowGroups);
  private long position;
  private long rows;
  private int groups;

  /// Begins the file.
  public ParquetAppender(WritableByteChannel channel, Schema schema) {
    this.channel = channel;
    this.schema = schema;
    this.columns = ParquetColumn.of(schema);
    write(MAGIC, MAGIC.length);
  }

  /// Appends a row group; it must have been encoded with the schema of this file.
  public void append(EncodedRowGroup group) {
    long begin = position;
    write(group.bytes(), group.size());
    long uncompressed = 0;
    thrift.begin();
    thrift.list(1, CompactThrift.STRUCT, group.chunks().size());
    for (EncodedChunk chunk : group.chunks()) {
      chunk.write(thrift, begin);
      uncompressed += chunk.uncompressedBytes();
    }
    thrift.field(2, uncompressed);
    thrift.field(3, (long) group.rows());
    thrift.field(5, begin);
    thrift.field(6, (long) group.size());
    thrift.end();
    rows += group.rows();
    groups++;
  }

  /// Rows so far.
  public long rows() {
    return rows;
  }

  /// Bytes so far.
  public long position() {
    return position;
  }

  /// Writes the footer; nothing can be appended after it.
  ///
  /// @return size of the file in bytes
  public long finish() {
    ByteSink footer = new ByteSink(8 * 1024 + rowGroups.size());
    CompactThrift out = new CompactThrift(footer);
    out.begin();
    out.field(1, 2); // version
    out.list(2, CompactThrift.STRUCT, 1 + columns.stream().mapToInt(c -> c.schemaElements()).sum());
    out.begin();
    out.field(4, "arrow_schema");
    out.field(5, columns.size());
    out.end();
    columns.forEach(column -> column.writeSchema(out));
    out.field(3, rows);
    out.list(4, CompactThrift.STRUCT, groups);
    footer.put(rowGroups.bytes(), 0, rowGroups.size());
    out.list(5, CompactThrift.STRUCT, 1);
    out.begin();
    out.field(1, "ARROW:schema");
    out.field(2, arrowSchema(schema));
    out.end();
    out.field(6, CREATED_BY);
    out.list(7, CompactThrift.STRUCT, columns.size());
    for (int i = 0; i < columns.size(); i++) {
      out.begin();
      out.empty(1); // the type's own order
      out.end();
    }
    out.end();
    int length = footer.size();
    footer.putInt(length);
    footer.put(MAGIC, 0, MAGIC.length);
    write(footer.bytes(), footer.size());
    return position;
  }

  private void write(byte[] bytes, int length) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw new UnavailableException("cannot write a partition file: " + e.getMessage(), e);
    }
    position += length;
  }

  /// What Arrow readers restore dictionaries, time zones and unsigned types from.
  private static String arrowSchema(Schema schema) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      MessageSerializer.serialize(new WriteChannel(Channels.newChannel(bytes)), schema);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
