package micromegas.lakehouse.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import micromegas.common.CorruptDataException;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lakehouse.jsonb.JsonbText;
import micromegas.transit.ClientTypes;
import micromegas.transit.ImageBlockWriter;
import micromegas.transit.UserDefinedType;
import micromegas.transit.UserDefinedType.Member;
import org.junit.jupiter.api.Test;

class NativeBlockParserTest {
  private static final String LOG_DEPENDENCIES =
      """
      00 11000000 0100000000000000 68656c6c6f207b787d
      00 0b000000 0200000000000000 617070
      00 0f000000 0300000000000000 6d61696e2e7273
      02 1000000000000000 0100000000000000 0200000000000000
         0200000000000000 0300000000000000 2a000000 04000000
      01 11000000 0400000000000000 02 04000000 7a6f6e65
      01 0f000000 0500000000000000 02 02000000 6575
      03 2c000000 2000000000000000 01000000
         0400000000000000 04000000 02000000 0500000000000000 02000000 02000000
      """;

  private final NativeBlockParser parser = new NativeBlockParser();

  private List<String> parse(SourceBlock source, byte[] payload) {
    List<String> objects = new ArrayList<>();
    Iterator<ParsedObject> iterator = parser.parse(source, payload);
    while (iterator.hasNext()) {
      ParsedObject object = iterator.next();
      String json = JsonbText.format(object.value());
      assertThat(json).contains("\"__type\":\"" + object.typeName() + "\"");
      objects.add(json);
    }
    return objects;
  }

  @Test
  void logObjectsWithWhatTheyReferTo() {
    List<UserDefinedType> types = new ArrayList<>(ClientTypes.logObjects());
    types.add(MadeBlocks.variable("FutureEvent")); // 8
    byte[] payload =
        MadeBlocks.payload(
            LOG_DEPENDENCIES,
            """
            00 1000000000000000 e803000000000000
            08 03000000 010203
            04 24000000 1000000000000000 2000000000000000 b80b000000000000 02 07000000 68656c6c6f2038
            02 0200000000000000 03000000 00000000 0100000000000000 09000000 00000000
               a00f000000000000 02000000 00000000
            03 20000000 8813000000000000 03 0400000000000000 04000000 02000000 02 02000000 6869
            """);
    String descriptor =
        "{\"__type\":\"LogMetadataRecord\",\"file\":\"main.rs\",\"fmt_str\":\"hello {x}\",\"id\":16,"
            + "\"level\":4,\"line\":42,\"module_path\":\"app\",\"target\":\"app\"}";
    assertThat(parse(MadeBlocks.source(ClientTypes.logDependencies(), types), payload))
        .containsExactly(
            "{\"__type\":\"LogStaticStrEvent\",\"desc\":" + descriptor + ",\"time\":1000}",
            "{\"__type\":\"FutureEvent\"}",
            "{\"__type\":\"TaggedLogString\",\"desc\":"
                + descriptor
                + ",\"msg\":\"hello 8\",\"properties\":"
                + "{\"__type\":\"property_set\",\"zone\":\"eu\"},\"time\":3000}",
            "{\"__type\":\"LogStaticStrInteropEvent\",\"level\":2,\"msg\":\"hello {x}\","
                + "\"target\":\"app\",\"time\":4000}",
            "{\"__type\":\"LogStringInteropEventV3\",\"level\":3,\"msg\":\"hi\","
                + "\"target\":\"zone\",\"time\":5000}");
  }

  @Test
  void bytesAreCounted() {
    ImageBlockWriter writer = new ImageBlockWriter();
    writer.image("shot", "image/png", new byte[1_234], 7);
    assertThat(
            parse(
                MadeBlocks.source(List.of(), ClientTypes.imageObjects()),
                PayloadCodec.encode(writer.finish())))
        .containsExactly(
            "{\"__type\":\"ImageEvent\",\"data\":\"<binary 1234 bytes>\",\"format\":\"image/png\","
                + "\"name\":\"shot\",\"time\":7}");
  }

  @Test
  void numbersAndNestedRecords() {
    UserDefinedType inner =
        new UserDefinedType(
            "Inner",
            9,
            List.of(new Member("small", "u8", 0, 1, false), new Member("f", "f64", 1, 8, false)),
            false);
    UserDefinedType outer =
        new UserDefinedType(
            "Outer",
            29,
            List.of(
                new Member("in", "Inner", 0, 9, false),
                new Member("u", "u64", 9, 8, false),
                new Member("i", "i64", 17, 8, false),
                new Member("w", "u32", 25, 4, false)),
            false);
    String big = "ffffffffffffffff";
    assertThat(
            parse(
                MadeBlocks.source(List.of(), List.of(outer, inner)),
                MadeBlocks.payload(
                    "",
                    "00 ff 000000000000e03f"
                        + big
                        + big
                        + "ffffffff"
                        + "00 01 000000000000f07f"
                        + big
                        + big
                        + "01000000")))
        .containsExactly(
            "{\"__type\":\"Outer\",\"i\":-1,\"in\":{\"__type\":\"Inner\",\"f\":0.5,\"small\":255},"
                + "\"u\":18446744073709551615,\"w\":4294967295}",
            "{\"__type\":\"Outer\",\"i\":-1,\"in\":{\"__type\":\"Inner\",\"f\":null,\"small\":1},"
                + "\"u\":18446744073709551615,\"w\":1}");
  }

  /// Each record refers to the one before it twice.
  private static byte[] unfolding(int records) {
    StringBuilder dependencies = new StringBuilder();
    dependencies.append("00 09000000 0100000000000000 78");
    for (int i = 2; i <= records; i++) {
      String id = "%02x%02x000000000000".formatted(i & 0xff, i >> 8);
      String before = "%02x%02x000000000000".formatted(i - 1 & 0xff, i - 1 >> 8);
      dependencies.append("01").append(id).append(before).append(before);
    }
    String last = "%02x%02x000000000000".formatted(records & 0xff, records >> 8);
    return MadeBlocks.payload(dependencies.toString(), "00" + last + "00" + last);
  }

  private static SourceBlock unfoldingSource() {
    return MadeBlocks.source(
        List.of(
            MadeBlocks.variable("StaticString"),
            new UserDefinedType(
                "Pair",
                24,
                List.of(
                    new Member("id", "u64", 0, 8, false),
                    new Member("a", "Pair*", 8, 8, true),
                    new Member("b", "Pair*", 16, 8, true)),
                false)),
        List.of(
            new UserDefinedType(
                "Event", 8, List.of(new Member("pair", "Pair*", 0, 8, true)), false)));
  }

  @Test
  void aFewRecordsCannotUnfoldWithoutBound() {
    assertThat(parse(unfoldingSource(), unfolding(3)).getFirst())
        .isEqualTo(
            "{\"__type\":\"Event\",\"pair\":{\"__type\":\"Pair\","
                + "\"a\":{\"__type\":\"Pair\",\"a\":\"x\",\"b\":\"x\",\"id\":2},"
                + "\"b\":{\"__type\":\"Pair\",\"a\":\"x\",\"b\":\"x\",\"id\":2},\"id\":3}}");
    for (int records : new int[] {40, 1_000}) {
      assertThatThrownBy(() -> parse(unfoldingSource(), unfolding(records)))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("unfolds to more than");
    }
  }

  @Test
  void objectsBeforeADamagedOneAreGiven() {
    SourceBlock source = MadeBlocks.source(ClientTypes.logDependencies(), ClientTypes.logObjects());
    byte[] payload =
        MadeBlocks.payload(
            LOG_DEPENDENCIES,
            "00 1000000000000000 e803000000000000  00 9900000000000000 e803000000000000");
    Iterator<ParsedObject> objects = parser.parse(source, payload);
    assertThat(objects.next().typeName()).isEqualTo("LogStaticStrEvent");
    assertThatThrownBy(objects::next)
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("unknown dependency 0x99")
        .hasMessageContaining(source.block().info().blockId().toString());
  }

  @Test
  void recordedBlocksHaveAsManyObjectsAsTheySay() {
    for (String tag : List.of("log", "metrics", "cpu", "image")) {
      for (RecordedProcess.Stored stored : RecordedProcess.tagged(tag)) {
        assertThat(parse(stored.source(), stored.payload()))
            .hasSize(stored.source().block().info().nbObjects());
      }
    }
  }

  @Test
  void damageMakesNoOtherErrors() {
    for (String tag : List.of("log", "cpu", "image")) {
      RecordedProcess.Stored stored = RecordedProcess.tagged(tag).getFirst();
      byte[] payload = stored.payload();
      int step = Math.max(1, payload.length / 200);
      for (int at = 0; at < payload.length; at += step) {
        byte[] flipped = payload.clone();
        flipped[at] ^= (byte) (1 << at % 8);
        attempt(stored.source(), flipped);
        attempt(stored.source(), Arrays.copyOf(payload, at));
      }
    }
  }

  private void attempt(SourceBlock source, byte[] payload) {
    try {
      assertThat(parse(source, payload)).isNotNull();
    } catch (CorruptDataException expected) {
      assertThat(expected.getMessage()).isNotBlank();
    }
  }
}
