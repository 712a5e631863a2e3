package micromegas.otlp.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Writes a message in one of the many other ways that protobuf allows: fields in any order, packed
/// or not, messages in two parts, defaults written out, varints too long, unknown fields and groups
/// in between.
public final class Scrambler {
  private final Random random;

  public Scrambler(Random random) {
    this.random = random;
  }

  /// Another encoding; parsing it gives an equal message, except that repeated fields may have
  /// changed places and that a oneof may have another value.
  public byte[] scramble(Descriptor type, byte[] message) throws IOException {
    List<byte[]> fields = new ArrayList<>();
    CodedInputStream in = CodedInputStream.newInstance(message);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      field(type.findFieldByNumber(WireFormat.getTagFieldNumber(tag)), tag, in, fields);
    }
    if (random.nextInt(3) == 0) {
      fields.add(unknown());
    }
    if (random.nextInt(4) == 0) {
      addDefault(type, fields);
    }
    if (random.nextBoolean()) {
      Collections.shuffle(fields, random);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] field : fields) {
      out.write(field);
    }
    return out.toByteArray();
  }

  private void field(FieldDescriptor field, int tag, CodedInputStream in, List<byte[]> fields)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    switch (WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_VARINT -> {
        out.writeTag(field.getNumber(), WireFormat.WIRETYPE_VARINT);
        varint(in.readRawVarint64(), out);
      }
      case WireFormat.WIRETYPE_FIXED64 ->
          out.writeFixed64(field.getNumber(), in.readRawLittleEndian64());
      case WireFormat.WIRETYPE_FIXED32 ->
          out.writeFixed32(field.getNumber(), in.readRawLittleEndian32());
      default -> {
        byte[] content = in.readByteArray();
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
          content = scramble(field.getMessageType(), content);
        } else if (field.isPacked() && random.nextBoolean()) {
          unpack(field, content, out);
          content = new byte[0];
        }
        out.writeTag(field.getNumber(), WireFormat.WIRETYPE_LENGTH_DELIMITED);
        varint(content.length, out);
        out.writeRawBytes(content);
      }
    }
    out.flush();
    fields.add(bytes.toByteArray());
  }

  private static void unpack(FieldDescriptor field, byte[] packed, CodedOutputStream out)
      throws IOException {
    CodedInputStream values = CodedInputStream.newInstance(packed);
    while (!values.isAtEnd()) {
      if (field.getType() == FieldDescriptor.Type.UINT64) {
        out.writeUInt64(field.getNumber(), values.readRawVarint64());
      } else {
        out.writeFixed64(field.getNumber(), values.readRawLittleEndian64());
      }
    }
  }

  /// At times with a superfluous byte.
  private void varint(long value, CodedOutputStream out) throws IOException {
    if (random.nextInt(8) == 0 && value >= 0 && value < 1L << 49) {
      for (long rest = value; ; rest >>>= 7) {
        out.writeRawByte((byte) (rest & 0x7f | 0x80));
        if (rest >>> 7 == 0) {
          break;
        }
      }
      out.writeRawByte((byte) 0);
    } else {
      out.writeUInt64NoTag(value);
    }
  }

  private byte[] unknown() {
    UnknownFieldSet.Field inner =
        UnknownFieldSet.Field.newBuilder().addVarint(random.nextLong()).build();
    UnknownFieldSet.Field.Builder field = UnknownFieldSet.Field.newBuilder();
    switch (random.nextInt(3)) {
      case 0 -> field.addVarint(5);
      case 1 -> field.addLengthDelimited(ByteString.copyFromUtf8("unknown"));
      default -> field.addGroup(UnknownFieldSet.newBuilder().addField(1, inner).build());
    }
    int number = List.of(21, 1000, 536870911).get(random.nextInt(3));
    return UnknownFieldSet.newBuilder().addField(number, field.build()).build().toByteArray();
  }

  /// Writes a field at zero, which may also overwrite it, or a message without content.
  private void addDefault(Descriptor type, List<byte[]> fields) {
    FieldDescriptor field = type.getFields().get(random.nextInt(type.getFields().size()));
    UnknownFieldSet.Field.Builder value = UnknownFieldSet.Field.newBuilder();
    switch (field.getType()) {
      case STRING, BYTES, MESSAGE -> value.addLengthDelimited(ByteString.EMPTY);
      case FIXED64, SFIXED64, DOUBLE -> value.addFixed64(0);
      case FIXED32 -> value.addFixed32(0);
      default -> value.addVarint(0);
    }
    fields.add(
        UnknownFieldSet.newBuilder()
            .addField(field.getNumber(), value.build())
            .build()
            .toByteArray());
  }
}
