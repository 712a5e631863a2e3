package micromegas.otlp.canonical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import micromegas.common.CorruptDataException;
import micromegas.otlp.Signal;
import micromegas.otlp.schema.MessageType;
import micromegas.otlp.schema.OtlpSchema;
import micromegas.otlp.testkit.Generated;
import micromegas.otlp.testkit.RandomMessages;
import micromegas.otlp.testkit.ReferenceEncoder;
import micromegas.otlp.testkit.Scrambler;
import org.junit.jupiter.api.Test;

class CanonicalFormTest {
  private final CanonicalForm form = new CanonicalForm();

  @Test
  void aOneofStandsWhereItsLowestNumberWould() {
    byte[] ids = new byte[24];
    Arrays.fill(ids, 0, 8, (byte) 1);
    Arrays.fill(ids, 8, 24, (byte) 2);
    NumberDataPoint point =
        NumberDataPoint.newBuilder()
            .setStartTimeUnixNano(1)
            .setTimeUnixNano(2)
            .setAsInt(7)
            .addExemplars(
                Exemplar.newBuilder()
                    .setTimeUnixNano(3)
                    .setAsInt(9)
                    .setSpanId(ByteString.copyFrom(ids, 0, 8))
                    .setTraceId(ByteString.copyFrom(ids, 8, 16)))
            .setFlags(1)
            .build();
    String expected =
        "110100000000000000"
            + "190200000000000000"
            + "310700000000000000"
            + "2a2e"
            + ("110300000000000000" + "310900000000000000")
            + ("2208" + "01".repeat(8) + "2a10" + "02".repeat(16))
            + "4001";
    assertThat(HexFormat.of().formatHex(canonical("NumberDataPoint", point.toByteArray())))
        .isEqualTo(expected);
    byte[] canonical = HexFormat.of().parseHex(expected);
    assertThat(isCanonical("NumberDataPoint", canonical)).isTrue();
    assertThat(isCanonical("NumberDataPoint", point.toByteArray())).isFalse();
  }

  /// Whatever the generated classes parse is written as they would write it, in our order; and the
  /// check knows its own form.
  @Test
  void equalsADecodedAndReencodedMessage() throws IOException {
    Random random = new Random(20260101);
    RandomMessages messages = new RandomMessages(random);
    Scrambler scrambler = new Scrambler(random);
    int rewritten = 0;
    for (int round = 0; round < 600; round++) {
      Signal signal = Signal.values()[round % 3];
      Message empty = Generated.request(signal);
      byte[] plain = messages.fill(empty, 0).toByteArray();
      byte[] scrambled = scrambler.scramble(empty.getDescriptorForType(), plain);
      for (byte[] bytes : new byte[][] {plain, scrambled}) {
        byte[] expected = ReferenceEncoder.encode(empty.getParserForType().parseFrom(bytes));
        byte[] actual = canonical(signal.request(), bytes);
        assertThat(actual).as(HexFormat.of().formatHex(bytes)).isEqualTo(expected);
        assertThat(form.isCanonical(signal.request(), actual, 0, actual.length, 0)).isTrue();
        boolean same = Arrays.equals(actual, bytes);
        assertThat(form.isCanonical(signal.request(), bytes, 0, bytes.length, 0)).isEqualTo(same);
        rewritten += same ? 0 : 1;
      }
    }
    assertThat(rewritten).isGreaterThan(300);
  }

  /// Cut at any byte, or with any bit flipped, a message is either refused or read as the generated
  /// classes read it.
  @Test
  void brokenMessagesAreRefusedOrReadAlike() throws IOException {
    Random random = new Random(42);
    RandomMessages messages = new RandomMessages(random);
    int refused = 0;
    int read = 0;
    for (int round = 0; round < 60; round++) {
      Signal signal = Signal.values()[round % 3];
      Message empty = Generated.request(signal);
      byte[] message = messages.fill(empty, 2).toByteArray();
      for (int i = 0; i < 300 && message.length > 0; i++) {
        byte[] broken =
            i % 2 == 0
                ? Arrays.copyOf(message, random.nextInt(message.length))
                : flipped(message, random.nextInt(message.length * 8));
        if (agrees(signal.request(), empty, broken)) {
          read++;
        } else {
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(1000);
    assertThat(read).isGreaterThan(1000);
  }

  private boolean agrees(MessageType type, Message empty, byte[] bytes) {
    byte[] actual;
    try {
      actual = canonical(type, bytes);
    } catch (CorruptDataException e) {
      return false;
    }
    try {
      Message parsed = empty.getParserForType().parseFrom(bytes);
      assertThat(HexFormat.of().formatHex(actual))
          .as(HexFormat.of().formatHex(bytes))
          .isEqualTo(HexFormat.of().formatHex(ReferenceEncoder.encode(parsed)));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("accepted, but " + e, e);
    }
    return true;
  }

  private static byte[] flipped(byte[] message, int bit) {
    byte[] flipped = message.clone();
    flipped[bit / 8] ^= (byte) (1 << bit % 8);
    return flipped;
  }

  @Test
  void everyKindOfFieldIsRefusedWithAnotherWireType() {
    for (Map.Entry<String, com.google.protobuf.Descriptors.Descriptor> type :
        Generated.messages().entrySet()) {
      for (FieldDescriptor field : type.getValue().getFields()) {
        byte[] wrong =
            field.getType() == FieldDescriptor.Type.FIXED32
                ? new byte[] {(byte) (field.getNumber() << 3), 1}
                : new byte[] {(byte) (field.getNumber() << 3 | 5), 1, 2, 3, 4};
        if (field.getNumber() < 16) {
          assertThatThrownBy(() -> canonical(type.getKey(), wrong))
              .as(field.getFullName())
              .isInstanceOf(CorruptDataException.class)
              .hasMessageContaining(field.getJsonName());
        }
      }
    }
  }

  @Test
  void textThatIsNotUtf8IsRefused() {
    for (String hex :
        new String[] {
          "ff",
          "80",
          "c080",
          "c3",
          "e08080",
          "eda080",
          "f0808080",
          "f4908080",
          "e282",
          "f09f98",
          "6161616161616161ff",
          "f5808080",
          "c328",
          "e228a1",
          "f09028bc"
        }) {
      byte[] text = HexFormat.of().parseHex(hex);
      byte[] message = new byte[text.length + 2];
      message[0] = 0x0a;
      message[1] = (byte) text.length;
      System.arraycopy(text, 0, message, 2, text.length);
      assertThatThrownBy(() -> canonical("KeyValue", message))
          .as(hex)
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("key is not UTF-8");
    }
    byte[] good = "é߿ࠀ￿𐀀􏿿 \u0000".getBytes(StandardCharsets.UTF_8);
    byte[] message =
        KeyValue.newBuilder().setKeyBytes(ByteString.copyFrom(good)).build().toByteArray();
    assertThat(canonical("KeyValue", message)).isEqualTo(message);
  }

  @Test
  void nestingEndsAtAHundredLevels() {
    assertThat(canonical("AnyValue", nested(50))).isEqualTo(nested(50));
    for (int arrays : new int[] {51, 10_000}) {
      assertThatThrownBy(() -> canonical("AnyValue", nested(arrays)))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("deeper than 100");
      byte[] notCanonical = Arrays.copyOf(nested(arrays), nested(arrays).length + 2);
      notCanonical[notCanonical.length - 2] = 0x78;
      assertThatThrownBy(() -> canonical("AnyValue", notCanonical))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("deeper than 100");
    }
  }

  /// `AnyValue` in an array, in an array, …: two messages per array. Written inside out, since the
  /// generated classes would need as many stack frames.
  private static byte[] nested(int arrays) {
    byte[] buffer = new byte[arrays * 16 + 16];
    int begin = buffer.length;
    for (int i = 0; i < arrays; i++) {
      for (int tag : new int[] {0x0a, 0x2a}) {
        int length = buffer.length - begin;
        byte[] varint = varint(length);
        begin -= varint.length;
        System.arraycopy(varint, 0, buffer, begin, varint.length);
        buffer[--begin] = (byte) tag;
      }
    }
    return Arrays.copyOfRange(buffer, begin, buffer.length);
  }

  private static byte[] varint(int value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int rest = value;
    for (; rest > 0x7f; rest >>>= 7) {
      out.write(rest & 0x7f | 0x80);
    }
    out.write(rest);
    return out.toByteArray();
  }

  @Test
  void aMillionAttributesAreRead() {
    byte[] attribute =
        Resource.newBuilder()
            .addAttributes(
                KeyValue.newBuilder().setKey("key").setValue(AnyValue.newBuilder().setIntValue(1)))
            .build()
            .toByteArray();
    byte[] message = new byte[attribute.length * 1_000_000];
    for (int i = 0; i < message.length; i += attribute.length) {
      System.arraycopy(attribute, 0, message, i, attribute.length);
    }
    assertThat(isCanonical("Resource", message)).isTrue();
    byte[] droppedFirst = joined(new byte[] {0x10, 7}, message);
    byte[] droppedLast = joined(message, new byte[] {0x10, 7});
    assertThat(Arrays.mismatch(canonical("Resource", droppedFirst), droppedLast)).isEqualTo(-1);
  }

  @Test
  void partsOfAMessageAreMerged() {
    byte[] first = AnyValue.newBuilder().setArrayValue(array("a")).build().toByteArray();
    byte[] second = AnyValue.newBuilder().setArrayValue(array("b")).build().toByteArray();
    byte[] other =
        AnyValue.newBuilder().setKvlistValue(KeyValueList.newBuilder()).build().toByteArray();
    byte[] merged = canonical("AnyValue", joined(first, second));
    assertThat(merged)
        .isEqualTo(AnyValue.newBuilder().setArrayValue(array("a", "b")).build().toByteArray());
    assertThat(canonical("AnyValue", joined(first, other, second))).isEqualTo(second);
    assertThat(canonical("AnyValue", joined(first, other))).isEqualTo(other);
  }

  private static ArrayValue array(String... texts) {
    ArrayValue.Builder array = ArrayValue.newBuilder();
    for (String text : texts) {
      array.addValues(AnyValue.newBuilder().setStringValue(text));
    }
    return array.build();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private boolean isCanonical(String type, byte[] message) {
    return form.isCanonical(OtlpSchema.message(type), message, 0, message.length, 0);
  }

  private byte[] canonical(String type, byte[] message) {
    return canonical(OtlpSchema.message(type), message);
  }

  private byte[] canonical(MessageType type, byte[] message) {
    byte[] padded = new byte[message.length + 14];
    Arrays.fill(padded, (byte) 0x7a);
    System.arraycopy(message, 0, padded, 7, message.length);
    return form.of(type, padded, 7, 7 + message.length, 0);
  }
}
