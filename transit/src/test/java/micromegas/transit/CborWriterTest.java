package micromegas.transit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CborWriterTest {

  @Test
  void headersAreTheShortest() throws IOException {
    for (long value :
        new long[] {0, 23, 24, 255, 256, 65_535, 65_536, 0xffff_ffffL, 1L << 32, Long.MAX_VALUE}) {
      for (long signed : new long[] {value, -1 - value}) {
        byte[] bytes = new CborWriter().integer(signed).toByteArray();
        try (CBORParser parser = new CBORFactory().createParser(bytes)) {
          parser.nextToken();
          assertThat(parser.getLongValue()).isEqualTo(signed);
        }
        int expected =
            value < 24 ? 1 : value < 256 ? 2 : value < 65_536 ? 3 : value < 1L << 32 ? 5 : 9;
        assertThat(bytes).hasSize(expected);
      }
    }
  }

  /// The complete block of `wire.md` 3.5.
  @Test
  void writesABlockAsTheRustClientDoes() {
    BlockInfo info =
        new BlockInfo(
            UUID.fromString("11111111-2222-4333-8444-555555555555"),
            UUID.fromString("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
            UUID.fromString("12345678-1234-4234-8234-1234567890ab"),
            Instant.parse("2026-01-02T03:04:05.000000006Z"),
            -1,
            Instant.parse("2026-01-02T03:04:06Z"),
            1_000_000,
            0,
            1);
    BlockPayload payload =
        new BlockPayload(
            Lz4FrameTest.hex("04224d185440ae00000000055dcc02"),
            Lz4FrameTest.hex(
                "04224d185440ae0f000000320010000100 80e8030000000000003d054e89 0000000093ff25d0"));
    byte[] expected =
        Lz4FrameTest.hex(
            """
            aa
            68626c6f636b5f6964 782431313131313131312d323232322d343333332d383434342d353535353535353535353535
            6973747265616d5f6964 782461616161616161612d626262622d346363632d386464642d656565656565656565656565
            6a70726f636573735f6964 782431323334353637382d313233342d343233342d383233342d313233343536373839306162
            6a626567696e5f74696d65 7823323032362d30312d30325430333a30343a30352e3030303030303030362b30303a3030
            6b626567696e5f7469636b73 20
            68656e645f74696d65 7823323032362d30312d30325430333a30343a30362e3030303030303030302b30303a3030
            69656e645f7469636b73 1a000f4240
            677061796c6f6164 a2
            6c646570656e64656e63696573 4f04224d185440ae00000000055dcc02
            676f626a65637473 582604224d185440ae0f00000032001000010080e8030000000000003d054e890000000093ff25d0
            6d6f626a6563745f6f6666736574 00
            6a6e625f6f626a65637473 01
            """);
    assertThat(CborWriter.block(info, payload)).isEqualTo(expected).hasSize(380);
  }

  @Test
  void refusesTimesThatTheWireCannotHold() {
    UUID id = new UUID(0, 0);
    Instant far = Instant.parse("+10000-01-01T00:00:00Z");
    BlockInfo info = new BlockInfo(id, id, id, far, 0, far, 0, 0, 0);
    assertThatThrownBy(() -> CborWriter.block(info, new BlockPayload(new byte[0], new byte[0])))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
