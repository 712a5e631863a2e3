package micromegas.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import micromegas.common.CorruptDataException;
import org.junit.jupiter.api.Test;

class ProtoReaderTest {
  private final ProtoReader reader = new ProtoReader();

  @Test
  void valuesOfAllWireTypesAreRead() throws IOException {
    byte[] bytes =
        encode(out -> {
          out.writeInt64(1, -1);
          out.writeSInt32(2, -77);
          out.writeFixed64(3, Long.MIN_VALUE);
          out.writeDouble(4, 1.5);
          out.writeFixed32(5, 0xfffffffe);
          out.writeBool(6, true);
          out.writeString(7, "text");
          out.writeInt32(536870911, 5);
        });
    reader.over(bytes, 0, bytes.length);

    assertThat(reader.next()).isTrue();
    assertThat(reader.tag()).isEqualTo(1 << 3 | ProtoReader.VARINT);
    assertThat(reader.asLong()).isEqualTo(-1);
    assertThat(reader.next()).isTrue();
    assertThat(reader.asSignedInt()).isEqualTo(-77);
    assertThat(reader.next()).isTrue();
    assertThat(reader.wireType()).isEqualTo(ProtoReader.FIXED64);
    assertThat(reader.asLong()).isEqualTo(Long.MIN_VALUE);
    assertThat(reader.next()).isTrue();
    assertThat(reader.asDouble()).isEqualTo(1.5);
    assertThat(reader.next()).isTrue();
    assertThat(reader.asInt()).isEqualTo(-2);
    assertThat(reader.next()).isTrue();
    assertThat(reader.asBoolean()).isTrue();
    assertThat(reader.next()).isTrue();
    assertThat(new String(bytes, reader.begin(), reader.length(), StandardCharsets.UTF_8))
        .isEqualTo("text");
    assertThat(reader.end()).isEqualTo(reader.begin() + 4);
    assertThat(reader.next()).isTrue();
    assertThat(reader.field()).isEqualTo(536870911);
    assertThat(reader.next()).isFalse();
    assertThat(reader.next()).isFalse();
  }

  @Test
  void nestedMessagesMayBeLeftEarly() throws IOException {
    byte[] inner =
        encode(out -> {
          out.writeInt32(1, 10);
          out.writeInt32(2, 20);
        });
    byte[] bytes =
        encode(out -> {
          out.writeByteArray(1, inner);
          out.writeByteArray(2, inner);
          out.writeInt32(3, 30);
        });
    reader.over(bytes, 0, bytes.length);
    assertThat(reader.next()).isTrue();
    int outer = reader.enter();
    assertThat(reader.next()).isTrue();
    assertThat(reader.asInt()).isEqualTo(10);
    reader.leave(outer);
    assertThat(reader.next()).isTrue();
    assertThat(reader.field()).isEqualTo(2);
    outer = reader.enter();
    int sum = 0;
    while (reader.next()) {
      sum += reader.asInt();
    }
    reader.leave(outer);
    assertThat(sum).isEqualTo(30);
    assertThat(reader.next()).isTrue();
    assertThat(reader.asInt()).isEqualTo(30);
    assertThat(reader.next()).isFalse();
  }

  @Test
  void packedValuesAreRead() throws IOException {
    byte[] packed = {0x01, (byte) 0xac, 0x02, 0x00};
    byte[] bytes = encode(out -> out.writeByteArray(2, packed));
    reader.over(bytes, 0, bytes.length);
    assertThat(reader.next()).isTrue();
    int outer = reader.enter();
    List<Long> values = new ArrayList<>();
    while (reader.hasPacked()) {
      values.add(reader.packedVarint());
    }
    reader.leave(outer);
    assertThat(values).containsExactly(1L, 300L, 0L);
    assertThat(reader.next()).isFalse();
  }

  @Test
  void aPackedFieldWithABrokenLastValueIsCorrupt() throws IOException {
    byte[] bytes =
        encode(out -> {
          out.writeByteArray(1, new byte[12]);
          out.writeInt32(2, 1);
        });
    reader.over(bytes, 0, bytes.length);
    assertThat(reader.next()).isTrue();
    reader.enter();
    reader.packedFixed64();
    assertThatThrownBy(reader::packedFixed64).isInstanceOf(CorruptDataException.class);
  }

  @Test
  void groupsAreSkippedWhole() {
    // field 1 = 1, group 2 { 3: "ab", group 4 { 5: fixed32 } }, field 6 = 7
    byte[] bytes =
        HexFormat.of()
            .parseHex("0801" + "13" + "1a026162" + "23" + "2d01020304" + "24" + "14" + "3007");
    reader.over(bytes, 0, bytes.length);
    assertThat(reader.next()).isTrue();
    assertThat(reader.field()).isEqualTo(1);
    assertThat(reader.next()).isTrue();
    assertThat(reader.field()).isEqualTo(6);
    assertThat(reader.asInt()).isEqualTo(7);
    assertThat(reader.next()).isFalse();
  }

  @Test
  void groupsNestedTooDeepAreCorrupt() {
    byte[] begins = new byte[100_000];
    Arrays.fill(begins, (byte) 0x0b);
    reader.over(begins, 0, begins.length);
    assertThatThrownBy(reader::next)
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("deeper than " + ProtoReader.MAX_GROUP_DEPTH);
  }

  @Test
  void whatIsNotProtobufIsCorrupt() {
    for (String hex :
        List.of(
            "08", // no value
            "0880", // varint cut
            "08ffffffffffffffffffff01", // eleven bytes
            "0901020304050607", // fixed64 cut
            "0d010203", // fixed32 cut
            "0a05616263", // length beyond the end
            "08ffffffffffffffffff02", // 65 bits
            "0affffffffffffffffff01", // negative length
            "0aff7f", // length beyond the end
            "0001", // field 0
            "0e", // wire type 6
            "0f", // wire type 7
            "0c", // end of a group that was not begun
            "0b14", // ended as another group
            "0b0801", // group not ended
            "80808080808001" // field number over 29 bits
            )) {
      byte[] bytes = HexFormat.of().parseHex(hex);
      reader.over(bytes, 0, bytes.length);
      assertThatThrownBy(
              () -> {
                while (reader.next()) {
                  reader.tag();
                }
              })
          .as(hex)
          .isInstanceOf(CorruptDataException.class)
          .hasMessageStartingWith("protobuf: ");
    }
  }

  /// Random messages, whole, cut at every byte and with every bit flipped: what the library reads
  /// is read alike; what it refuses is refused; nothing else is ever thrown and nothing outside of
  /// the message is read.
  @Test
  void readsWhatTheLibraryReads() throws IOException {
    Random random = new Random(4711);
    int refused = 0;
    for (int round = 0; round < 40; round++) {
      byte[] message = randomFields(random, 0).toByteArray();
      assertThat(agrees(message)).isTrue();
      for (int length = 0; length < message.length; length++) {
        refused += agrees(Arrays.copyOf(message, length)) ? 0 : 1;
      }
      for (int bit = 0; bit < message.length * 8; bit++) {
        byte[] flipped = message.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        refused += agrees(flipped) ? 0 : 1;
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  /// True when both read the same, false when both refuse.
  private boolean agrees(byte[] message) throws IOException {
    List<String> expected = new ArrayList<>();
    boolean readable = true;
    try {
      UnknownFieldSet.parseFrom(message);
      list(message, expected);
    } catch (InvalidProtocolBufferException e) {
      readable = false;
    }
    byte[] padded = new byte[message.length + 20];
    Arrays.fill(padded, (byte) 0x7f);
    System.arraycopy(message, 0, padded, 10, message.length);
    reader.over(padded, 10, 10 + message.length);
    List<String> actual = new ArrayList<>();
    try {
      while (reader.next()) {
        actual.add(
            reader.field()
                + (reader.wireType() == ProtoReader.LENGTH_DELIMITED
                    ? HexFormat.of().formatHex(padded, reader.begin(), reader.end())
                    : "=" + reader.asLong()));
      }
    } catch (CorruptDataException e) {
      // The library cuts tags and lengths to 32 bits, and other varints to 64, where the wire
      // format has no such values.
      String lenient = ".*((a length of|field number) \\d{10,}|of more than 64 bits).*";
      assertThat(readable && !e.getMessage().matches(lenient))
          .as(HexFormat.of().formatHex(message) + " " + e.getMessage())
          .isFalse();
      return false;
    }
    assertThat(readable).as(HexFormat.of().formatHex(message)).isTrue();
    assertThat(actual).isEqualTo(expected);
    return true;
  }

  private static void list(byte[] message, List<String> fields) throws IOException {
    var in = CodedInputStream.newInstance(message);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag & 7) {
        case 0 -> fields.add((tag >>> 3) + "=" + in.readRawVarint64());
        case 1 -> fields.add((tag >>> 3) + "=" + in.readRawLittleEndian64());
        case 2 -> fields.add((tag >>> 3) + HexFormat.of().formatHex(in.readByteArray()));
        case 3 -> in.skipField(tag);
        case 5 -> fields.add((tag >>> 3) + "=" + in.readRawLittleEndian32());
        default -> throw new InvalidProtocolBufferException("wire type");
      }
    }
  }

  private static UnknownFieldSet randomFields(Random random, int depth) {
    UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();
    for (int i = random.nextInt(5); i >= 0; i--) {
      int number = random.nextBoolean() ? 1 + random.nextInt(15) : 1 + random.nextInt(5000);
      var field = UnknownFieldSet.Field.newBuilder();
      switch (random.nextInt(5)) {
        case 0 -> field.addVarint(random.nextLong() >>> random.nextInt(64));
        case 1 -> field.addFixed32(random.nextInt());
        case 2 -> field.addFixed64(random.nextLong());
        case 3 -> field.addLengthDelimited(ByteString.copyFrom(new byte[random.nextInt(6)]));
        default -> {
          if (depth < 3) {
            field.addGroup(randomFields(random, depth + 1));
          }
        }
      }
      fields.mergeField(number, field.build());
    }
    return fields.build();
  }

  private static byte[] encode(Encoding encoding) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    encoding.write(out);
    out.flush();
    return bytes.toByteArray();
  }

  private interface Encoding {
    void write(CodedOutputStream out) throws IOException;
  }
}
