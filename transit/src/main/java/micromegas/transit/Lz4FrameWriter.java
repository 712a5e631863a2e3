package micromegas.transit;

import java.util.Arrays;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/// Compresses a buffer to one LZ4 frame: independent blocks, content checksum, the smallest block
/// size that holds the content (at most 4 MiB). Keeps its memory from call to call; not
/// thread-safe.
public final class Lz4FrameWriter {
  private static final int MAGIC = 0x184d2204;
  private static final int FLAGS = 0x64; // version 1, independent blocks, content checksum
  private static final int STORED = 0x80000000;

  private final LZ4Compressor compressor;
  private final XXHash32 checksum;
  private byte[] frame = new byte[1024];

  /// With native code where there is some.
  public Lz4FrameWriter() {
    this(LZ4Factory.fastestInstance().fastCompressor(), XXHashFactory.fastestInstance().hash32());
  }

  private Lz4FrameWriter(LZ4Compressor compressor, XXHash32 checksum) {
    this.compressor = compressor;
    this.checksum = checksum;
  }

  /// In Java alone, without native code and without `Unsafe`: for applications, where neither a
  /// library in a temporary folder nor a warning of the JVM is welcome.
  ///
  /// @param high a third smaller for 25 times the time
  public static Lz4FrameWriter portable(boolean high) {
    LZ4Factory factory = LZ4Factory.safeInstance();
    return new Lz4FrameWriter(
        high ? factory.highCompressor() : factory.fastCompressor(),
        XXHashFactory.safeInstance().hash32());
  }

  /// A frame with `input[0, length)` as its content.
  public byte[] compress(byte[] input, int length) {
    int code = 4;
    while (code < 7 && length > 1 << 8 + 2 * code) {
      code++;
    }
    int maxBlock = 1 << 8 + 2 * code;
    LittleEndian.putInt(frame, 0, MAGIC);
    frame[4] = FLAGS;
    frame[5] = (byte) (code << 4);
    frame[6] = (byte) (checksum.hash(frame, 4, 2, 0) >>> 8);
    int position = 7;
    for (int begin = 0; begin < length; begin += maxBlock) {
      int block = Math.min(maxBlock, length - begin);
      int bound = compressor.maxCompressedLength(block);
      reserve(position + bound + 12);
      int written = compressor.compress(input, begin, block, frame, position + 4, bound);
      if (written >= block) {
        System.arraycopy(input, begin, frame, position + 4, block);
        LittleEndian.putInt(frame, position, block | STORED);
        position += 4 + block;
      } else {
        LittleEndian.putInt(frame, position, written);
        position += 4 + written;
      }
    }
    LittleEndian.putInt(frame, position, 0);
    LittleEndian.putInt(frame, position + 4, checksum.hash(input, 0, length, 0));
    return Arrays.copyOf(frame, position + 8);
  }

  private void reserve(int needed) {
    if (needed > frame.length) {
      frame = Arrays.copyOf(frame, Math.max(needed, frame.length + (frame.length >> 1)));
    }
  }
}
