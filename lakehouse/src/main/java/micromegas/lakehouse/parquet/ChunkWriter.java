package micromegas.lakehouse.parquet;

import com.github.luben.zstd.ZstdCompressCtx;
import java.util.Arrays;
import micromegas.lakehouse.parquet.EncodedChunk.Encoding;

/// Turns the pages of one column chunk into stored bytes: compression and page headers. One per
/// encoder, reused from chunk to chunk. Not thread-safe.
final class ChunkWriter implements AutoCloseable {
  /// Smaller chunks are stored as they are: a compressed frame would not be smaller, and slower to
  /// open.
  private static final int MIN_COMPRESSED = 256;

  private static final int DATA_PAGE_V2 = 3;
  private static final int DICTIONARY_PAGE = 2;

  private final ZstdCompressCtx zstd;
  private final ByteSink pages = new ByteSink(1 << 20);
  private final ByteSink compressed = new ByteSink(1 << 20);
  private Page[] descriptions = new Page[16];
  private int count;
  private boolean open;

  /// @param begin where the page begins in [#pages]
  /// @param levels bytes of repetition and definition levels at its begin, never compressed
  private record Page(
      boolean dictionary,
      int begin,
      int end,
      int values,
      int rows,
      int nulls,
      int repetitionBytes,
      int definitionBytes) {}

  ChunkWriter(int compressionLevel) {
    zstd = new ZstdCompressCtx();
    zstd.setLevel(compressionLevel).setChecksum(false).setContentSize(true);
  }

  /// Begins a chunk.
  void begin() {
    pages.clear();
    Arrays.fill(descriptions, 0, count, null);
    count = 0;
    open = false;
  }

  /// Where the content of the next page goes; end it with one of the methods below.
  ByteSink page() {
    if (!open) {
      pageBegin = pages.size();
      open = true;
    }
    return pages;
  }

  private int pageBegin;

  void endDictionary(int values) {
    add(new Page(true, pageBegin, pages.size(), values, 0, 0, 0, 0));
  }

  /// Ends a data page of as many values as rows and without levels.
  void endPage(int rows) {
    endPage(rows, rows, 0, 0, 0);
  }

  void endPage(int values, int rows, int nulls, int repetitionBytes, int definitionBytes) {
    add(
        new Page(
            false, pageBegin, pages.size(), values, rows, nulls, repetitionBytes, definitionBytes));
  }

  private void add(Page page) {
    if (!open) {
      throw new IllegalStateException("no open page");
    }
    if (count == descriptions.length) {
      descriptions = Arrays.copyOf(descriptions, count * 2);
    }
    descriptions[count++] = page;
    open = false;
  }

  /// Appends the chunk to the row group.
  EncodedChunk finish(
      ParquetColumn column, Encoding encoding, ChunkStatistics statistics, ByteSink group) {
    int offset = group.size();
    boolean compress = pages.size() >= MIN_COMPRESSED;
    long uncompressed = 0;
    long values = 0;
    int dictionaryBytes = 0;
    int dataPages = 0;
    for (int i = 0; i < count; i++) {
      Page page = descriptions[i];
      int before = group.size();
      int header = write(page, encoding, compress, group);
      uncompressed += header + page.end() - page.begin();
      if (page.dictionary()) {
        dictionaryBytes = group.size() - before;
      } else {
        dataPages++;
        values += page.values();
      }
    }
    return new EncodedChunk(
        column,
        offset,
        dictionaryBytes,
        group.size() - offset,
        uncompressed,
        values,
        encoding,
        dataPages,
        compress,
        statistics);
  }

  /// @return bytes of the page's header
  private int write(Page page, Encoding encoding, boolean compress, ByteSink group) {
    int levels = page.repetitionBytes() + page.definitionBytes();
    int body = page.end() - page.begin() - levels;
    byte[] stored = pages.bytes();
    int storedBegin = page.begin() + levels;
    int storedLength = body;
    if (compress) {
      compressed.clear();
      compressed.reserve((int) com.github.luben.zstd.Zstd.compressBound(body));
      storedLength =
          zstd.compressByteArray(
              compressed.bytes(),
              0,
              compressed.bytes().length,
              pages.bytes(),
              page.begin() + levels,
              body);
      stored = compressed.bytes();
      storedBegin = 0;
    }
    int header = group.size();
    CompactThrift thrift = new CompactThrift(group);
    thrift.begin();
    thrift.field(1, page.dictionary() ? DICTIONARY_PAGE : DATA_PAGE_V2);
    thrift.field(2, levels + body);
    thrift.field(3, levels + storedLength);
    if (page.dictionary()) {
      thrift.begin(7);
      thrift.field(1, page.values());
      thrift.field(2, Encoding.PLAIN.code);
      thrift.end();
    } else {
      thrift.begin(8);
      thrift.field(1, page.values());
      thrift.field(2, page.nulls());
      thrift.field(3, page.rows());
      thrift.field(4, encoding.code);
      thrift.field(5, page.definitionBytes());
      thrift.field(6, page.repetitionBytes());
      thrift.field(7, compress);
      thrift.end();
    }
    thrift.end();
    int headerBytes = group.size() - header;
    group.put(pages.bytes(), page.begin(), levels);
    group.put(stored, storedBegin, storedLength);
    return headerBytes;
  }

  @Override
  public void close() {
    zstd.close();
  }
}
