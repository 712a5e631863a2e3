package micromegas.lake.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import micromegas.common.CorruptDataException;
import micromegas.transit.BlockPayload;
import micromegas.transit.UserDefinedType;
import org.junit.jupiter.api.Test;

/// Payload objects (`blobs.md` 2.2) and metadata columns (4.2).
class StoredFormTest {
  private static final byte[] NATIVE =
      Vectors.hex(
          "a2 6c646570656e64656e63696573 4f 04224d185440ae00000000055dcc02"
              + " 676f626a65637473 58 26 04224d185440ae0f00000032001000010080"
              + "e8030000000000003d054e890000000093ff25d0");

  @Test
  void encodesAsTheReferenceDoes() {
    BlockPayload payload = PayloadCodec.decode(NATIVE);
    assertThat(payload.dependencies()).hasSize(15);
    assertThat(payload.objects()).hasSize(38);
    assertThat(PayloadCodec.encode(payload)).isEqualTo(NATIVE);
    assertThat(PayloadCodec.encode(new BlockPayload(new byte[0], new byte[] {0x0a, 0})))
        .isEqualTo(Vectors.hex("a2 6c646570656e64656e63696573 40 676f626a65637473 42 0a00"));
  }

  @Test
  void readsArraysOfIntegersAndMixtures() {
    BlockPayload legacy =
        PayloadCodec.decode(
            Vectors.hex("a2 6c646570656e64656e63696573 80 676f626a65637473 82 0a 00"));
    assertThat(legacy.dependencies()).isEmpty();
    assertThat(legacy.objects()).containsExactly(0x0a, 0);
    BlockPayload mixed =
        PayloadCodec.decode(
            Vectors.hex(
                "a3 6178 f6 676f626a65637473 9f 18ff 00 ff 6c646570656e64656e63696573 4107"));
    assertThat(mixed.dependencies()).containsExactly(7);
    assertThat(mixed.objects()).containsExactly(0xff, 0);
  }

  @Test
  void slicesShareTheStoredBytes() {
    PayloadCodec.Slices slices = PayloadCodec.slices(NATIVE);
    assertThat(slices.objects().array()).isSameAs(NATIVE);
    assertThat(slices.objects().toArray())
        .isEqualTo(Arrays.copyOfRange(NATIVE, NATIVE.length - 38, NATIVE.length));
  }

  @Test
  void everySizeSurvives() {
    Random random = new Random(3);
    for (int length : new int[] {0, 23, 24, 255, 256, 65_535, 65_536, 300_000}) {
      byte[] content = new byte[length];
      random.nextBytes(content);
      BlockPayload read =
          PayloadCodec.decode(PayloadCodec.encode(new BlockPayload(content, content)));
      assertThat(read.dependencies()).isEqualTo(content);
      assertThat(read.objects()).isEqualTo(content);
    }
  }

  @Test
  void damageIsCorruptData() {
    for (String bad :
        List.of(
            "",
            "80",
            "a0",
            "a1 676f626a65637473 40",
            "a2 6c646570656e64656e63696573 60 676f626a65637473 40", // text
            "a2 6c646570656e64656e63696573 82 01 190100 676f626a65637473 40", // 256
            "a2 6c646570656e64656e63696573 81 20 676f626a65637473 40", // -1
            "a2 6c646570656e64656e63696573 9a7fffffff 00")) {
      assertThatThrownBy(() -> PayloadCodec.decode(Vectors.hex(bad)))
          .isInstanceOf(CorruptDataException.class);
    }
    for (int end = 0; end < NATIVE.length; end++) {
      byte[] cut = Arrays.copyOf(NATIVE, end);
      assertThatThrownBy(() -> PayloadCodec.slices(cut)).isInstanceOf(CorruptDataException.class);
    }
  }

  @Test
  void typeDescriptionsAreStoredInCanonicalOrder() {
    byte[] image =
        Vectors.hex(
            "81a4646e616d656a496d6167654576656e746473697a6500676d656d62657273806c"
                + "69735f7265666572656e6365f4");
    List<UserDefinedType> types = TypeMetadataCodec.decode(image);
    assertThat(types).containsExactly(new UserDefinedType("ImageEvent", 0, List.of(), false));
    assertThat(TypeMetadataCodec.encode(types)).isEqualTo(image);
    assertThat(TypeMetadataCodec.encode(List.of())).containsExactly(0x80);

    for (String name : Vectors.STREAMS) {
      var stream = new EnvelopeReader().readStream(Vectors.load(name));
      byte[] stored = TypeMetadataCodec.encode(stream.objectsMetadata());
      assertThat(TypeMetadataCodec.decode(stored)).isEqualTo(stream.objectsMetadata());
      for (int end = 0; end < stored.length; end++) {
        byte[] cut = Arrays.copyOf(stored, end);
        assertThatThrownBy(() -> TypeMetadataCodec.decode(cut))
            .isInstanceOf(CorruptDataException.class);
      }
    }
  }

  @Test
  void sizesAndOffsetsAreSmallAndPositive() {
    for (String size : List.of("20", "1a80000000", "f93c00", "f6")) {
      byte[] type =
          Vectors.hex(
              "81a4646e616d6561416473697a65"
                  + size
                  + "676d656d62657273806c69735f7265666572656e6365f4");
      assertThatThrownBy(() -> TypeMetadataCodec.decode(type))
          .isInstanceOf(CorruptDataException.class);
    }
  }
}
