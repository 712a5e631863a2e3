package micromegas.lakehouse.jsonb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import micromegas.common.JsonText;
import org.junit.jupiter.api.Test;

class JsonbBuilderTest {
  private static final Comparator<String> BY_BYTES =
      (a, b) -> java.util.Arrays.compareUnsigned(utf8(a), utf8(b));

  private final JsonbBuilder json = new JsonbBuilder();

  /// The examples of the format's description (`sql.md` 6.1, `otlp.md` 5.1).
  @Test
  void examplesAreEncodedAsWrittenDown() {
    json.beginObject();
    json.end();
    assertThat(hex()).isEqualTo("40000000");

    json.beginArray();
    json.end();
    assertThat(hex()).isEqualTo("80000000");

    json.beginObject();
    json.key(utf8("b"));
    json.value(1);
    json.key(utf8("a"));
    json.text(utf8("x"));
    json.end();
    assertThat(hex())
        .isEqualTo("40000002" + "10000001" + "10000001" + "10000001" + "20000002" + "6162784001");

    json.beginArray();
    json.unsignedValue(1);
    json.beginArray();
    json.unsignedValue(2);
    json.unsignedValue(3);
    json.end();
    json.end();
    assertThat(hex())
        .isEqualTo(
            "80000002"
                + "20000002"
                + "50000010"
                + "5001"
                + "80000002"
                + "20000002"
                + "20000002"
                + "50025003");

    json.beginArray();
    json.nullValue();
    json.value(true);
    json.value(false);
    json.value(0);
    json.value(-1);
    json.value(-300);
    json.unsignedValue(300);
    json.unsignedValue(70_000);
    json.unsignedValue(-1);
    json.value(1.5);
    json.value(Double.NaN);
    json.value(Double.POSITIVE_INFINITY);
    json.value(Double.NEGATIVE_INFINITY);
    json.end();
    assertThat(hex())
        .endsWith(
            "00"
                + "40ff"
                + "40fed4"
                + "50012c"
                + "5000011170"
                + "50ffffffffffffffff"
                + "603ff8000000000000"
                + "10"
                + "20"
                + "30");
    assertThat(JsonbText.format(json.toByteArray()))
        .isEqualTo("[null,true,false,0,-1,-300,300,70000,18446744073709551615,1.5,null,null,null]");
  }

  @Test
  void textOfValuesIsThatOfTheReference() {
    json.beginObject();
    json.key(utf8("z"));
    json.value(1.0);
    json.key(utf8("a"));
    json.text(utf8("q\"\né😀/"));
    json.key(utf8("d"));
    json.value(0.1);
    json.key(utf8("e"));
    json.value(1e21);
    json.key(utf8("s"));
    json.value(-5);
    json.key(utf8("y"));
    json.base64Text(new byte[] {1, -1}, 0, 2);
    json.key(utf8("arr"));
    json.beginArray();
    json.value(1);
    json.nullValue();
    json.end();
    json.key(utf8("b"));
    json.value(true);
    json.end();
    assertThat(JsonbText.format(json.toByteArray()))
        .isEqualTo(
            "{\"a\":\"q\\\"\\né😀/\",\"arr\":[1,null],\"b\":true,\"d\":0.1,\"e\":1e+21,\"s\":-5,\"y\":\"Af8=\",\"z\":1.0}");
  }

  @Test
  void bytesBecomeText() {
    byte[] bytes = new byte[259];
    new Random(1).nextBytes(bytes);
    for (int length : new int[] {0, 1, 2, 3, 4, 5, 257}) {
      json.beginArray();
      json.base64Text(bytes, 2, 2 + length);
      json.hexText(bytes, 2, 2 + length);
      json.end();
      byte[] part = java.util.Arrays.copyOfRange(bytes, 2, 2 + length);
      assertThat(JsonbText.format(json.toByteArray()))
          .isEqualTo(
              "[\""
                  + Base64.getEncoder().encodeToString(part)
                  + "\",\""
                  + HexFormat.of().formatHex(part)
                  + "\"]");
    }
  }

  @Test
  void theLastOfEqualKeysWins() {
    for (int copies : new int[] {2, 20, 1000}) {
      json.beginObject();
      for (int i = 0; i < copies; i++) {
        json.key(utf8("prefix."));
        json.addToKey(utf8("k"), 0, 1);
        json.value(i);
        json.key(utf8("other"));
        json.nullValue();
      }
      json.end();
      assertThat(JsonbText.format(json.toByteArray()))
          .isEqualTo("{\"other\":null,\"prefix.k\":" + (copies - 1) + "}");
    }
  }

  @Test
  void anAbandonedDocumentLeavesNothingBehind() {
    json.beginObject();
    json.key(utf8("a"));
    json.beginArray();
    json.value(1);
    json.clear();
    json.beginObject();
    json.key(utf8("b"));
    json.value(2);
    json.end();
    assertThat(JsonbText.format(json.toByteArray())).isEqualTo("{\"b\":2}");
    assertThatThrownBy(() -> json.value(1)).isInstanceOf(IllegalStateException.class);
  }

  /// Random nested documents, against sorted maps.
  @Test
  void documentsEqualTheirModel() {
    Random random = new Random(42);
    for (int round = 0; round < 2_000; round++) {
      StringBuilder expected = new StringBuilder();
      print(build(random, 0), expected);
      assertThat(JsonbText.format(json.toByteArray())).isEqualTo(expected.toString());
    }
  }

  private Object build(Random random, int depth) {
    if (depth > 0 && (depth > 4 || random.nextInt(3) > 0)) {
      return scalar(random);
    }
    int size = random.nextInt(20) == 0 ? random.nextInt(200) : random.nextInt(6);
    if (random.nextBoolean()) {
      List<Object> list = new ArrayList<>();
      json.beginArray();
      for (int i = 0; i < size; i++) {
        list.add(build(random, depth + 1));
      }
      json.end();
      return list;
    }
    Map<String, Object> map = new TreeMap<>(BY_BYTES);
    json.beginObject();
    for (int i = 0; i < size; i++) {
      String key = List.of("é", "😀", "k", "abc").get(random.nextInt(4)) + random.nextInt(30);
      json.key(utf8(key));
      map.put(key, build(random, depth + 1));
    }
    json.end();
    return map;
  }

  private Object scalar(Random random) {
    switch (random.nextInt(5)) {
      case 0 -> {
        json.nullValue();
        return "null";
      }
      case 1 -> {
        boolean value = random.nextBoolean();
        json.value(value);
        return Boolean.toString(value);
      }
      case 2 -> {
        long value = random.nextLong() >> random.nextInt(64);
        json.value(value);
        return Long.toString(value);
      }
      case 3 -> {
        double value = random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
        json.value(value);
        return JsonText.number(value);
      }
      default -> {
        byte[] text = utf8("x".repeat(random.nextInt(40)) + "\"\u0001");
        json.text(text);
        StringBuilder quoted = new StringBuilder();
        JsonText.quote(new String(text, StandardCharsets.UTF_8), quoted);
        return quoted.toString();
      }
    }
  }

  private static void print(Object value, StringBuilder out) {
    switch (value) {
      case List<?> list -> {
        out.append('[');
        String separator = "";
        for (Object element : list) {
          out.append(separator);
          print(element, out);
          separator = ",";
        }
        out.append(']');
      }
      case Map<?, ?> map -> {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.append(separator);
          JsonText.quote((String) entry.getKey(), out);
          out.append(':');
          print(entry.getValue(), out);
          separator = ",";
        }
        out.append('}');
      }
      default -> out.append(value);
    }
  }

  private String hex() {
    return HexFormat.of().formatHex(json.toByteArray());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
