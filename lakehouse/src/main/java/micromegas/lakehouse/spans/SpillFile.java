package micromegas.lakehouse.spans;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import micromegas.common.UnavailableException;
import micromegas.lakehouse.blocks.CallSiteTable;
import micromegas.lakehouse.columns.BytesColumn;

/// Chunks in a scratch file that is gone when it is closed. Not thread-safe.
///
/// A chunk is its columns one after the other (ids, begins, ends, depths, sites), then the columns
/// of its call sites (hashes, lines, names, targets, files), then its texts (lengths, bytes).
///
/// Methods throw [UnavailableException] when the file cannot be written or read.
final class SpillFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final Path path;
  private final FileChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.nativeOrder());
  private final ByteBuffer word = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
  private long end;

  /// Where a chunk lies and how to read it.
  record Place(long position, int rows, int sites, int texts) {
    private long ends() {
      return position + 2L * Long.BYTES * rows;
    }
  }

  SpillFile(Path folder) {
    path = folder.resolve("spans-" + UUID.randomUUID() + ".tmp");
    try {
      channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw new UnavailableException("cannot write to " + folder + ": " + e.getMessage(), e);
    }
  }

  /// Appends a chunk.
  Place write(SpanChunk chunk) {
    CallSiteTable sites = chunk.sites;
    BytesColumn texts = sites.texts();
    Place place = new Place(end, chunk.size, sites.size(), texts.size());
    try {
      channel.position(end);
      buffer.clear();
      put(chunk.ids, chunk.size);
      put(chunk.begins, chunk.size);
      put(chunk.ends, chunk.size);
      put(chunk.depths, chunk.size);
      put(chunk.rowSites, chunk.size);
      for (int site = 0; site < sites.size(); site++) {
        put(sites.hash(site));
        put(sites.line(site));
        put(sites.name(site));
        put(sites.target(site));
        put(sites.file(site));
      }
      for (int text = 0; text < texts.size(); text++) {
        put(texts.end(text) - texts.begin(text));
      }
      put(texts.data(), texts.bytes());
      drain();
      end = channel.position();
      return place;
    } catch (IOException e) {
      throw failed("write", e);
    }
  }

  /// Changes the end of a row of a chunk.
  void setEnd(Place place, int row, long value) {
    overwrite(place.ends() + (long) Long.BYTES * row, value);
  }

  /// Changes the id of a row of a chunk.
  void setId(Place place, int row, long value) {
    overwrite(place.position() + (long) Long.BYTES * row, value);
  }

  /// Reads a chunk, replacing what `into` holds.
  void read(Place place, SpanChunk into) {
    into.clear();
    into.reserve(place.rows());
    try {
      channel.position(place.position());
      buffer.clear().limit(0);
      get(into.ids, place.rows());
      get(into.begins, place.rows());
      get(into.ends, place.rows());
      get(into.depths, place.rows());
      get(into.rowSites, place.rows());
      into.size = place.rows();
      int[] sites = new int[5 * place.sites()];
      get(sites, sites.length);
      int[] lengths = new int[place.texts()];
      get(lengths, lengths.length);
      byte[] text = {};
      for (int length : lengths) { // in order, so they get the ordinals they had
        text = length > text.length ? new byte[Math.max(length, 2 * text.length)] : text;
        get(text, length);
        into.sites.text(text, 0, length);
      }
      for (int i = 0; i < sites.length; i += 5) {
        into.sites.add(sites[i], sites[i + 1], sites[i + 2], sites[i + 3], sites[i + 4]);
      }
    } catch (IOException e) {
      throw failed("read", e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw failed("close", e);
    }
  }

  private void overwrite(long position, long value) {
    word.clear().putLong(value).flip();
    try {
      while (word.hasRemaining()) {
        channel.write(word, position + word.position());
      }
    } catch (IOException e) {
      throw failed("write", e);
    }
  }

  private void put(long[] values, int count) throws IOException {
    for (int from = 0; from < count; ) {
      room(Long.BYTES);
      int length = Math.min(count - from, buffer.remaining() / Long.BYTES);
      buffer.asLongBuffer().put(values, from, length);
      buffer.position(buffer.position() + length * Long.BYTES);
      from += length;
    }
  }

  private void put(int[] values, int count) throws IOException {
    for (int from = 0; from < count; ) {
      room(Integer.BYTES);
      int length = Math.min(count - from, buffer.remaining() / Integer.BYTES);
      buffer.asIntBuffer().put(values, from, length);
      buffer.position(buffer.position() + length * Integer.BYTES);
      from += length;
    }
  }

  private void put(int value) throws IOException {
    room(Integer.BYTES);
    buffer.putInt(value);
  }

  private void put(byte[] bytes, int count) throws IOException {
    for (int from = 0; from < count; ) {
      room(1);
      int length = Math.min(count - from, buffer.remaining());
      buffer.put(bytes, from, length);
      from += length;
    }
  }

  private void room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      drain();
    }
  }

  private void drain() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  private void get(long[] values, int count) throws IOException {
    for (int from = 0; from < count; ) {
      fill(Long.BYTES);
      int length = Math.min(count - from, buffer.remaining() / Long.BYTES);
      buffer.asLongBuffer().get(values, from, length);
      buffer.position(buffer.position() + length * Long.BYTES);
      from += length;
    }
  }

  private void get(int[] values, int count) throws IOException {
    for (int from = 0; from < count; ) {
      fill(Integer.BYTES);
      int length = Math.min(count - from, buffer.remaining() / Integer.BYTES);
      buffer.asIntBuffer().get(values, from, length);
      buffer.position(buffer.position() + length * Integer.BYTES);
      from += length;
    }
  }

  private void get(byte[] bytes, int count) throws IOException {
    for (int from = 0; from < count; ) {
      fill(1);
      int length = Math.min(count - from, buffer.remaining());
      buffer.get(bytes, from, length);
      from += length;
    }
  }

  private void fill(int bytes) throws IOException {
    while (buffer.remaining() < bytes) {
      buffer.compact();
      int read = channel.read(buffer);
      buffer.flip();
      if (read < 0) {
        throw new IOException("the file is cut short");
      }
    }
  }

  private UnavailableException failed(String action, IOException e) {
    return new UnavailableException("cannot " + action + " " + path + ": " + e.getMessage(), e);
  }
}
