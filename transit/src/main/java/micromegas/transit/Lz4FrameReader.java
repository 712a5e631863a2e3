package micromegas.transit;

import java.util.Arrays;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/// Decompresses the first LZ4 frame of a buffer into an array that it keeps for the next one. Every
/// conforming frame is accepted (linked or independent blocks, any block size, checksums verified
/// when present); bytes behind the frame are ignored. Not thread-safe.
public final class Lz4FrameReader {
  /// Default of the absolute cap. Clients cut blocks at 10 MiB of events.
  public static final int DEFAULT_MAX_BYTES = 128 * 1024 * 1024;

  private static final int MAGIC = 0x184d2204;
  private static final int STORED = 0x80000000;
  private static final int INITIAL_BYTES = 64 * 1024;

  private final int maxBytes;
  private final XXHash32 checksum = XXHashFactory.fastestInstance().hash32();
  private byte[] output = new byte[INITIAL_BYTES];
  private int size;
  private int position;

  /// @param maxBytes cap on the decompressed size, whatever a frame declares
  public Lz4FrameReader(int maxBytes) {
    this.maxBytes = Math.min(maxBytes, Integer.MAX_VALUE - 8 * 1024 * 1024);
  }

  /// Decompresses `input[offset, offset + length)`; afterwards [#bytes] holds [#size] bytes.
  ///
  /// @throws CorruptBlockException when there is no whole and correct frame, or its content exceeds
  ///   what it declares or the cap
  public void read(byte[] input, int offset, int length) {
    int end = offset + length;
    position = offset;
    size = 0;
    if (length < 7 || LittleEndian.getInt(input, position) != MAGIC) {
      throw new CorruptBlockException("not an LZ4 frame (" + length + " bytes)");
    }
    int flags = input[offset + 4] & 0xff;
    int blockSizeCode = (input[offset + 5] & 0xff) >>> 4;
    boolean linked = (flags & 0x20) == 0;
    boolean blockChecksum = (flags & 0x10) != 0;
    boolean contentSize = (flags & 0x08) != 0;
    boolean contentChecksum = (flags & 0x04) != 0;
    boolean dictionary = (flags & 0x01) != 0;
    if ((flags & 0xc2) != 0x40
        || (input[offset + 5] & 0x8f) != 0
        || blockSizeCode < 4
        || blockSizeCode > 7) {
      throw new CorruptBlockException("LZ4 frame of an unknown version");
    }
    int header = 6 + (contentSize ? 8 : 0) + (dictionary ? 4 : 0);
    need(end, header + 1);
    int sum = checksum.hash(input, offset + 4, header - 4, 0) >>> 8 & 0xff;
    if (sum != (input[offset + header] & 0xff)) {
      throw new CorruptBlockException("LZ4 frame header checksum does not match");
    }
    long declared = contentSize ? LittleEndian.getLong(input, offset + 6) : -1;
    if (contentSize && (declared < 0 || declared > maxBytes)) {
      throw tooLarge();
    }
    position += header + 1;
    int limit = contentSize ? (int) declared : maxBytes;
    int maxBlock = 1 << 8 + 2 * blockSizeCode;
    while (readBlock(input, end, limit, maxBlock, linked, blockChecksum)) {
      // One block after the other.
    }
    if (contentSize && size != declared) {
      throw new CorruptBlockException("LZ4 frame is shorter than it declares");
    }
    if (contentChecksum) {
      need(end, 4);
      if (checksum.hash(output, 0, size, 0) != LittleEndian.getInt(input, position)) {
        throw new CorruptBlockException("LZ4 content checksum does not match");
      }
    }
  }

  /// The decompressed bytes, `0` to [#size]; valid until the next [#read].
  public byte[] bytes() {
    return output;
  }

  public int size() {
    return size;
  }

  private boolean readBlock(
      byte[] input, int end, int limit, int maxBlock, boolean linked, boolean blockChecksum) {
    need(end, 4);
    int header = LittleEndian.getInt(input, position);
    position += 4;
    if (header == 0) {
      return false;
    }
    int length = header & ~STORED;
    if (length > maxBlock) {
      throw new CorruptBlockException("LZ4 block is larger than the frame allows");
    }
    need(end, length);
    if (blockChecksum) {
      need(end, length + 4);
      if (checksum.hash(input, position, length, 0)
          != LittleEndian.getInt(input, position + length)) {
        throw new CorruptBlockException("LZ4 block checksum does not match");
      }
    }
    if ((header & STORED) != 0) {
      if (length > limit - size) {
        throw tooLarge();
      }
      reserve(length, limit);
      System.arraycopy(input, position, output, size, length);
      size += length;
    } else {
      int room = Math.min(maxBlock, limit - size);
      // A block holds at most 255 times its own length.
      reserve((int) Math.min(room, 255L * length + 16), limit);
      int stop = Math.min(output.length - Lz4Block.SLACK, size + room);
      try {
        size =
            Lz4Block.decode(
                input, position, position + length, output, linked ? 0 : size, size, stop);
      } catch (CorruptBlockException e) {
        throw room < maxBlock ? tooLarge() : e;
      }
    }
    position += length + (blockChecksum ? 4 : 0);
    return true;
  }

  private CorruptBlockException tooLarge() {
    return new CorruptBlockException(
        "LZ4 content exceeds what it declares, or the limit of " + maxBytes + " bytes");
  }

  private void need(int end, int bytes) {
    if (bytes > end - position) {
      throw new CorruptBlockException("LZ4 frame is truncated");
    }
  }

  private void reserve(int more, int limit) {
    int needed = size + more + Lz4Block.SLACK;
    if (needed > output.length) {
      long grown = Math.min(output.length * 2L, (long) limit + Lz4Block.SLACK);
      output = Arrays.copyOf(output, (int) Math.max(needed, grown));
    }
  }
}
