package micromegas.transit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Lz4FrameTest {
  private final Lz4FrameReader reader = new Lz4FrameReader(Lz4FrameReader.DEFAULT_MAX_BYTES);

  @Test
  void readsTheFramesOfBothClients() {
    assertThat(read(hex("04224d18 5440ae 00000000 055dcc02"))).isEmpty();
    assertThat(read(hex("04224d18 604082 00000000"))).isEmpty();
    byte[] stored =
        hex("04224d18 5440ae 10000080 30313233343536373839616263646566 695bc4c2 00000000 695bc4c2");
    assertThat(read(stored)).isEqualTo("0123456789abcdef".getBytes(US_ASCII));
    // Behind the first frame anything may follow.
    assertThat(read(concat(stored, stored, new byte[] {1}))).hasSize(16);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "04224d18",
        "04224d19604082 00000000",
        "04224d18604083 00000000",
        "04224d18604082",
        "04224d18604082 000000",
        "04224d18 5440ae 00000000 055dcc03",
        "04224d18 a04082 00000000",
        "04224d18 603082 00000000",
        "04224d186040821000000041"
      })
  void refusesWhatIsNoFrame(String bytes) {
    assertThatThrownBy(() -> read(hex(bytes))).isInstanceOf(CorruptBlockException.class);
  }

  @Test
  void readsWhatTheLibraryWritesAndTheOtherWayRound() throws IOException {
    Random random = new Random(5);
    Lz4FrameWriter writer = new Lz4FrameWriter();
    for (int size : new int[] {0, 1, 12, 13, 100, 65_535, 65_536, 65_537, 300_000, 5_000_000}) {
      for (boolean compressible : new boolean[] {true, false}) {
        byte[] content = content(random, size, compressible);
        byte[] ours = writer.compress(content, size);
        try (LZ4FrameInputStream in = new LZ4FrameInputStream(new ByteArrayInputStream(ours))) {
          assertThat(in.readAllBytes()).isEqualTo(content);
        }
        assertThat(read(ours)).isEqualTo(content);
        ByteArrayOutputStream theirs = new ByteArrayOutputStream();
        try (LZ4FrameOutputStream out =
            new LZ4FrameOutputStream(
                theirs,
                BLOCKSIZE.SIZE_64KB,
                size,
                FLG.Bits.BLOCK_INDEPENDENCE,
                FLG.Bits.BLOCK_CHECKSUM,
                FLG.Bits.CONTENT_CHECKSUM,
                FLG.Bits.CONTENT_SIZE)) {
          out.write(content);
        }
        assertThat(read(theirs.toByteArray())).isEqualTo(content);
      }
    }
  }

  @Test
  void everyDamageIsFound() {
    byte[] content = content(new Random(2), 3_000, true);
    byte[] frame = new Lz4FrameWriter().compress(content, content.length);
    for (int end = 0; end < frame.length; end++) {
      byte[] cut = Arrays.copyOf(frame, end);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(CorruptBlockException.class);
    }
    for (int bit = 0; bit < frame.length * 8; bit++) {
      byte[] flipped = frame.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try { // another distance of a match can give the same bytes, but never others
        assertThat(read(flipped)).isEqualTo(content);
      } catch (CorruptBlockException expected) {
        assertThat(expected).hasMessageContaining("LZ4");
      }
    }
  }

  @Test
  void damageWithoutChecksumsStaysInsideTheBuffers() {
    // As Unreal writes it: independent blocks, no checksums.
    byte[] content = content(new Random(3), 2_000, true);
    byte[] checked = new Lz4FrameWriter().compress(content, content.length);
    byte[] frame = concat(hex("04224d18 604082"), Arrays.copyOfRange(checked, 7, checked.length));
    assertThat(read(frame)).isEqualTo(content);
    Random random = new Random(4);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = frame.clone();
      for (int hits = random.nextInt(6); hits >= 0; hits--) {
        damaged[7 + random.nextInt(damaged.length - 7)] = (byte) random.nextInt();
      }
      try {
        read(damaged);
      } catch (CorruptBlockException expected) {
        assertThat(expected).hasMessageContaining("LZ4");
      }
    }
  }

  @Test
  void bombsStopAtTheCap() {
    byte[] zeros = new byte[50_000_000];
    byte[] frame = new Lz4FrameWriter().compress(zeros, zeros.length);
    assertThat(frame.length).isLessThan(250_000);
    Lz4FrameReader small = new Lz4FrameReader(1_000_000);
    assertThatThrownBy(() -> small.read(frame, 0, frame.length))
        .isInstanceOf(CorruptBlockException.class)
        .hasMessageContaining("limit of 1000000 bytes");
    assertThat(small.bytes().length).isLessThanOrEqualTo(1_000_000 + Lz4Block.SLACK);
    // Exactly at the cap is fine.
    Lz4FrameReader exact = new Lz4FrameReader(zeros.length);
    exact.read(frame, 0, frame.length);
    assertThat(exact.size()).isEqualTo(zeros.length);
  }

  @Test
  void declaredSizeIsACapToo() throws IOException {
    byte[] content = new byte[1_000];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (LZ4FrameOutputStream frame =
        new LZ4FrameOutputStream(
            out, BLOCKSIZE.SIZE_64KB, 1_000, FLG.Bits.BLOCK_INDEPENDENCE, FLG.Bits.CONTENT_SIZE)) {
      frame.write(content);
    }
    for (long declared : new long[] {0, 999, 1_001, -1, Long.MAX_VALUE}) {
      byte[] lying = out.toByteArray();
      LittleEndian.putLong(lying, 6, declared);
      lying[14] = (byte) (checksum(lying, 4, 10) >>> 8);
      assertThatThrownBy(() -> read(lying)).isInstanceOf(CorruptBlockException.class);
    }
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    return net.jpountz.xxhash.XXHashFactory.fastestInstance()
        .hash32()
        .hash(bytes, offset, length, 0);
  }

  private byte[] read(byte[] frame) {
    reader.read(frame, 0, frame.length);
    return Arrays.copyOf(reader.bytes(), reader.size());
  }

  private static byte[] content(Random random, int size, boolean compressible) {
    byte[] content = new byte[size];
    if (compressible) {
      for (int i = 0; i < size; i++) {
        content[i] = (byte) (random.nextInt(10) == 0 || i < 9 ? random.nextInt(4) : content[i - 9]);
      }
    } else {
      random.nextBytes(content);
    }
    return content;
  }

  static final java.nio.charset.Charset US_ASCII = java.nio.charset.StandardCharsets.US_ASCII;

  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
