package micromegas.lakehouse.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JsonbObjectTest {
  private final JsonbObject json = new JsonbObject();

  @Test
  void writesTheExamplesOfTheFormat() {
    json.encode();
    assertThat(json.toByteArray()).isEqualTo(MadeBlocks.hex("40000000"));
    json.add(utf8("b"), utf8("xy"));
    json.add(utf8("a"), utf8(""));
    json.encode();
    assertThat(json.toByteArray())
        .isEqualTo(MadeBlocks.hex("40000002 10000001 10000001 10000000 10000002 61 62 78 79"));
  }

  @Test
  void keysAreSortedAndTheLastOfEqualOnesWins() {
    Random random = new Random(9);
    for (int size : new int[] {1, 5, 32, 33, 1_000}) {
      json.clear();
      Map<String, String> expected = new TreeMap<>();
      for (int i = 0; i < size; i++) {
        String key = "k" + random.nextInt(size);
        json.add(utf8(key), utf8("v" + i));
        expected.put(key, "v" + i);
      }
      json.encode();
      assertThat(Rows.parse(ByteBuffer.wrap(json.toByteArray()))).isEqualTo(expected);
    }
    json.clear();
    json.add(utf8("é"), utf8("2")); // bytes are unsigned
    json.add(utf8("z"), utf8("1"));
    json.encode();
    assertThat(new String(json.toByteArray(), 20, 5, StandardCharsets.UTF_8)).isEqualTo("zé12");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
