package micromegas.lakehouse.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import micromegas.common.CorruptDataException;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.transit.ClientTypes;
import micromegas.transit.ImageBlockWriter;
import micromegas.transit.UserDefinedType;
import org.junit.jupiter.api.Test;

class ImagesTest {
  private final DecodeScratch scratch = new DecodeScratch();
  private final SourceBlock stream = MadeBlocks.source(List.of(), ClientTypes.imageObjects());

  private List<Rows.Image> decode(SourceBlock source, byte[] payload) {
    ColumnBatch batch = Rows.imageBatch();
    new ImagesBlockProcessor().process(source, payload, batch, scratch);
    assertThat(batch.column(LogColumns.EXE).size()).isEqualTo(batch.rows());
    return Rows.images(batch);
  }

  @Test
  void rustImageBlock() {
    byte[] payload =
        MadeBlocks.payload(
            "",
            """
            00 27000000 e803000000000000 02 04000000 73686f74
               02 09000000 696d6167652f706e67 04000000 89504e47
            """);
    assertThat(decode(stream, payload))
        .containsExactly(new Rows.Image(1000, "shot", "image/png", 4, "89504e47"));
  }

  @Test
  void unrealImageBlockWithWideAndDamagedTexts() {
    byte[] payload =
        MadeBlocks.payload(
            "",
            """
            00 1e000000 e803000000000000 01 04000000 41004200 00 02000000 70e9 00000000 ffff
            """);
    SourceBlock unreal =
        MadeBlocks.source(
            List.of(MadeBlocks.variable("StaticStringDependency")), ClientTypes.imageObjects());
    // What follows the content is ignored.
    assertThat(decode(unreal, payload))
        .containsExactly(new Rows.Image(1000, "AB", "p\ufffd", 0, ""));
  }

  @Test
  void recordedImageIsThatOfTheReference() {
    List<String> rows = new ArrayList<>();
    for (RecordedProcess.Stored block : RecordedProcess.tagged("image")) {
      for (Rows.Image image : decode(block.source(), block.payload())) {
        rows.add(
            "{\"format\": \"%s\", \"hex\": \"%s\", \"name\": \"%s\", \"time\": %d}"
                .formatted(image.format(), image.hex(), image.name(), image.time()));
      }
    }
    assertThat(rows).isEqualTo(RecordedProcess.expected("images"));
  }

  @Test
  void whatIsWrittenIsRead() {
    Random random = new Random(41);
    ImageBlockWriter writer = new ImageBlockWriter();
    List<Rows.Image> expected = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      byte[] content = new byte[random.nextInt(100_000)];
      random.nextBytes(content);
      writer.image("shot " + i, i % 2 == 0 ? "image/png" : "image/webp", content, i);
      expected.add(
          new Rows.Image(
              i,
              "shot " + i,
              i % 2 == 0 ? "image/png" : "image/webp",
              content.length,
              HexFormat.of().formatHex(content)));
    }
    assertThat(decode(stream, PayloadCodec.encode(writer.finish()))).isEqualTo(expected);
  }

  @Test
  void aContentBeyondItsRecordMakesABlockCorrupt() {
    for (String length : List.of("05000000", "ffffffff", "ffffff7f")) {
      byte[] payload =
          MadeBlocks.payload(
              "",
              """
              00 16000000 e803000000000000 02 00000000 02 00000000 00000000
              00 1a000000 e803000000000000 02 00000000 02 00000000 %s 89504e47
              """
                  .formatted(length));
      ColumnBatch batch = Rows.imageBatch();
      assertThatThrownBy(() -> new ImagesBlockProcessor().process(stream, payload, batch, scratch))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("truncated");
      assertThat(batch.rows()).isZero();
    }
  }

  @Test
  void eventsOfOtherTypesAreLeftOut() {
    List<UserDefinedType> objects = new ArrayList<>(ClientTypes.imageObjects());
    objects.add(MadeBlocks.variable("VideoEvent"));
    byte[] payload =
        MadeBlocks.payload(
            "", "01 01000000 00  00 16000000 e803000000000000 02 00000000 02 00000000 00000000");
    assertThat(decode(MadeBlocks.source(List.of(), objects), payload)).hasSize(1);
  }

  @Test
  void damageLeavesNoRow() {
    ImageBlockWriter writer = new ImageBlockWriter();
    writer.image("a", "image/png", new byte[] {1, 2, 3}, 1);
    writer.image("b", "image/png", new byte[100], 2);
    DamagedBlocks.sweep(
        new ImagesBlockProcessor(),
        stream,
        PayloadCodec.encode(writer.finish()),
        Rows.imageBatch());
    for (RecordedProcess.Stored stored : RecordedProcess.tagged("image")) {
      DamagedBlocks.damage(new ImagesBlockProcessor(), stored, Rows.imageBatch());
    }
  }
}
