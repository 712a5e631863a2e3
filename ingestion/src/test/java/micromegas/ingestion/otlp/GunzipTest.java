package micromegas.ingestion.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import micromegas.common.CorruptDataException;
import micromegas.common.ResourceExhaustedException;
import micromegas.ingestion.admission.MemoryAdmission;
import org.junit.jupiter.api.Test;

class GunzipTest {
  private static final int LIMIT = 1 << 20;

  private final MemoryAdmission admission = new MemoryAdmission(4 << 20, Duration.ofMillis(1));

  @Test
  void contentsOfAllSizesComeBack() {
    Random random = new Random(1);
    for (int size : new int[] {0, 1, 1023, 1024, 1025, 100_000, LIMIT - 1, LIMIT}) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      check(content, Telemetry.gzip(content));
      check(new byte[size], Telemetry.gzip(new byte[size]));
    }
  }

  @Test
  void membersFollowEachOther() {
    byte[] first = Telemetry.gzip("first ".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    byte[] second = Telemetry.gzip("second".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    check("first second".getBytes(java.nio.charset.StandardCharsets.UTF_8), both);
  }

  /// The last four bytes may claim anything.
  @Test
  void aWrongSizeAtTheEndIsNoticed() {
    byte[] content = new byte[50_000];
    for (int claimed : new int[] {0, 1, 49_999, 50_001, Integer.MAX_VALUE, -1}) {
      byte[] gzip = Telemetry.gzip(content);
      for (int i = 0; i < 4; i++) {
        gzip[gzip.length - 4 + i] = (byte) (claimed >>> 8 * i);
      }
      assertThatThrownBy(() -> inflate(gzip, LIMIT)).isInstanceOf(CorruptDataException.class);
    }
  }

  @Test
  void bombsEndAtTheLimit() {
    byte[] bomb = Telemetry.gzip(new byte[LIMIT + 1]);
    assertThat(bomb.length).isLessThan(2000);
    try (MemoryAdmission.Share share = admission.enter(bomb.length)) {
      assertThat(Gunzip.inflate(bomb, 0, bomb.length, LIMIT, share)).isEmpty();
      assertThat(share.bytes()).isLessThan(4096);
    }
    // Its end is that of something small.
    byte[] small = Telemetry.gzip(new byte[1]);
    byte[] disguised = Arrays.copyOf(bomb, bomb.length + small.length);
    System.arraycopy(small, 0, disguised, bomb.length, small.length);
    try (MemoryAdmission.Share share = admission.enter(disguised.length)) {
      assertThat(Gunzip.inflate(disguised, 0, disguised.length, LIMIT, share)).isEmpty();
      assertThat(share.bytes()).isBetween((long) LIMIT, LIMIT + 4096L);
    }
  }

  @Test
  void memoryThatIsNotThereIsNotTaken() {
    byte[] gzip = Telemetry.gzip(new byte[LIMIT]);
    try (MemoryAdmission.Share other = admission.enter((4 << 20) - 100_000)) {
      assertThatThrownBy(() -> inflate(gzip, LIMIT)).isInstanceOf(ResourceExhaustedException.class);
      assertThat(other.bytes()).isPositive();
    }
    assertThat(inflate(gzip, LIMIT)).hasSize(LIMIT);
  }

  @Test
  void whatIsNoGzipIsCorrupt() {
    byte[] gzip = Telemetry.gzip(new byte[5000]);
    for (int length = 0; length < gzip.length; length++) {
      byte[] cut = Arrays.copyOf(gzip, length);
      assertThatThrownBy(() -> inflate(cut, LIMIT))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageStartingWith("gzip: ");
    }
    Random random = new Random(2);
    for (int i = 0; i < 2000; i++) {
      byte[] broken = gzip.clone();
      broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        assertThat(inflate(broken, LIMIT)).isEqualTo(new byte[5000]);
      } catch (CorruptDataException e) {
        assertThat(e).hasMessageStartingWith("gzip: ");
      }
    }
  }

  private void check(byte[] content, byte[] gzip) {
    assertThat(Arrays.equals(inflate(gzip, LIMIT), content)).isTrue();
  }

  private byte[] inflate(byte[] gzip, int limit) {
    try (MemoryAdmission.Share share = admission.enter(gzip.length)) {
      Gunzip.Content content = Gunzip.inflate(gzip, 0, gzip.length, limit, share).orElseThrow();
      return Arrays.copyOf(content.bytes(), content.length());
    }
  }
}
