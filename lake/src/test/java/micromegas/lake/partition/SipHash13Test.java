package micromegas.lake.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SipHash13Test {

  @Test
  void hashesTheDocumentedPartitionKey() {
    byte[] key =
        HexFormat.of()
            .parseHex(
                "6c6f675f656e7472696573ff676c6f62616cfff607fd005964000000ca5b07f607fd008070000000000000");
    assertThat(SipHash13.hash(key)).isEqualTo(7848455377527087877L);
  }

  @Test
  void everyByteAndTheLengthCount() {
    assertThat(SipHash13.hash(new byte[7])).isNotEqualTo(SipHash13.hash(new byte[8]));
    byte[] bytes = new byte[23];
    long zero = SipHash13.hash(bytes);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = 1;
      assertThat(SipHash13.hash(bytes)).as("byte %d", i).isNotEqualTo(zero);
      bytes[i] = 0;
    }
  }
}
