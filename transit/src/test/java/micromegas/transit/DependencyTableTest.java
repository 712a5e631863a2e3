package micromegas.transit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The dependencies of `wire.md` 10.1, and what must not be there.
class DependencyTableTest {
  private static final String TEXT_ONE = "00 11000000 0100000000000000 68656c6c6f207b787d";
  private static final String TEXT_TWO = "00 0b000000 0200000000000000 617070";
  private static final String RUST =
      TEXT_ONE
          + TEXT_TWO
          + "00 0f000000 0300000000000000 6d61696e2e7273"
          + "02 1000000000000000 0100000000000000 0200000000000000"
          + "   0200000000000000 0300000000000000 2a000000 04000000"
          + "01 11000000 0400000000000000 02 04000000 7a6f6e65"
          + "01 0f000000 0500000000000000 02 02000000 6575"
          + "03 2c000000 2000000000000000 01000000"
          + "   0400000000000000 04000000 02000000 0500000000000000 02000000 02000000";

  private final TypeTable types =
      TransitLayout.compile(ClientTypes.logDependencies(), ClientTypes.logObjects()).dependencies();
  private final DependencyTable table = new DependencyTable();

  @Test
  void readsTheExampleOfTheRustClient() {
    decode(RUST);
    assertThat(table.size()).isEqualTo(7);
    assertThat(text(1)).isEqualTo("hello {x}");
    assertThat(text(4)).isEqualTo("zone");
    int statement = table.requireRecord(0x10);
    RecordLayout layout = types.type(table.recordType(statement));
    assertThat(layout.name()).isEqualTo("LogMetadataRecord");
    assertThat(layout.intField("line").getInt(table.records(), table.recordBegin(statement)))
        .isEqualTo(42);
    int set = table.requirePropertySet(0x20);
    assertThat(table.propertyCount(set)).isEqualTo(1);
    assertThat(table.propertyName(set, 0)).isEqualTo(table.requireText(4));
    assertThat(table.propertyValue(set, 0)).isEqualTo(table.requireText(5));
    // Each id is of one kind.
    assertThatThrownBy(() -> table.requireText(0x10)).hasMessageContaining("0x10 is no text");
    assertThatThrownBy(() -> table.requireRecord(1)).hasMessageContaining("is no descriptor");
    assertThatThrownBy(() -> table.requirePropertySet(1)).hasMessageContaining("no property set");
    assertThatThrownBy(() -> table.require(0x99)).hasMessageContaining("unknown dependency 0x99");
    // The next block starts empty.
    decode(TEXT_TWO);
    assertThatThrownBy(() -> table.require(1)).isInstanceOf(CorruptBlockException.class);
    assertThat(text(2)).isEqualTo("app");
  }

  @ParameterizedTest
  @CsvSource({
    "duplicate, 00 09000000 0100000000000000 61 00 09000000 0100000000000000 62",
    "unknown dependency, 02 1000000000000000 0100000000000000 0200000000000000 0200000000000000"
        + " 0300000000000000 2a000000 04000000",
    "not UTF-8, 00 09000000 0100000000000000 e9",
    "truncated, 00 07000000 01000000000000",
    "truncated, 00 ff000000 0100000000000000 61",
    "truncated, 00 ffffffff 0100000000000000 61",
    "truncated, 01 0e000000 0400000000000000 02 04000000 7a",
    "truncated, 01 0e000000 0400000000000000 02 ffffffff 7a",
    "codec, 01 0e000000 0400000000000000 03 01000000 7a",
    "wide, 01 0e000000 0400000000000000 01 01000000 7a",
    "properties, 03 0c000000 2000000000000000 01000000",
    "properties, 03 0c000000 2000000000000000 ffffffff",
    "record type 9 of 6, 09",
  })
  void refuses(String message, String bytes) {
    assertThatThrownBy(() -> decode(bytes))
        .isInstanceOf(CorruptBlockException.class)
        .hasMessageContaining(message);
  }

  @Test
  void dynamicTextsAreRepaired() {
    decode(
        "01 0e000000 0100000000000000 00 01000000 e9"
            + "01 11000000 0200000000000000 01 04000000 41004200"
            + "01 0d000000 0300000000000000 01 00000000");
    assertThat(text(1)).isEqualTo("\uFFFD");
    assertThat(text(2)).isEqualTo("AB");
    assertThat(text(3)).isEmpty();
  }

  @Test
  void manyEntriesWithAwkwardIdsAreFound() {
    RecordBuffer buffer = new RecordBuffer();
    Random random = new Random(6);
    int count = 50_000;
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      ids[i] =
          i % 3 == 0
              ? (long) i << 40
              : i % 3 == 1 ? 0x7f00_0000_0000L + i * 4096L : random.nextLong();
      buffer.beginVariable(ClientTypes.STATIC_STRING, 16);
      buffer.putLong(ids[i]);
      buffer.putLong(0x3030303030303030L + i % 9);
    }
    table.decode(types, buffer.bytes(), 0, buffer.size());
    for (int i = 0; i < count; i++) {
      assertThat(table.requireText(ids[i])).isEqualTo(i);
    }
    decode(TEXT_ONE);
    assertThat(table.size()).isEqualTo(1);
    assertThatThrownBy(() -> table.require(ids[1])).isInstanceOf(CorruptBlockException.class);
  }

  private void decode(String hex) {
    byte[] bytes = Lz4FrameTest.hex(hex);
    table.decode(types, bytes, 0, bytes.length);
  }

  private String text(long id) {
    int ordinal = table.requireText(id);
    return new String(
        table.texts(), table.textBegin(ordinal), table.textLength(ordinal), StandardCharsets.UTF_8);
  }
}
