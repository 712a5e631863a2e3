package micromegas.otlp.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;

/// Encodes generated messages field by field in the order of the canonical form; plain and slow,
/// and independent of the encoder under test.
public final class ReferenceEncoder {
  private ReferenceEncoder() {}

  public static byte[] encode(Message message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      for (FieldDescriptor field :
          message.getDescriptorForType().getFields().stream()
              .sorted(Comparator.comparingInt(ReferenceEncoder::position))
              .toList()) {
        write(message, field, out);
      }
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// A oneof stands where its lowest number would.
  private static int position(FieldDescriptor field) {
    return field.getRealContainingOneof() == null
        ? field.getNumber()
        : field.getRealContainingOneof().getFields().stream()
            .mapToInt(FieldDescriptor::getNumber)
            .min()
            .orElseThrow();
  }

  private static void write(Message message, FieldDescriptor field, CodedOutputStream out)
      throws IOException {
    if (field.isRepeated()) {
      List<?> values = (List<?>) message.getField(field);
      if (field.isPacked() && !values.isEmpty()) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        CodedOutputStream inner = CodedOutputStream.newInstance(packed);
        for (Object value : values) {
          content(field, value, inner);
        }
        inner.flush();
        out.writeByteArray(field.getNumber(), packed.toByteArray());
      } else if (!field.isPacked()) {
        for (Object value : values) {
          tagged(field, value, out);
        }
      }
    } else if (isWritten(message, field)) {
      tagged(field, message.getField(field), out);
    }
  }

  private static boolean isWritten(Message message, FieldDescriptor field) {
    if (field.hasPresence()) {
      return message.hasField(field);
    }
    return switch (message.getField(field)) {
      case Double number -> number != 0;
      case Integer number -> number != 0;
      case Long number -> number != 0;
      case Boolean value -> value;
      case String text -> !text.isEmpty();
      case ByteString bytes -> !bytes.isEmpty();
      case EnumValueDescriptor value -> value.getNumber() != 0;
      case Object other -> throw new IllegalStateException(other.toString());
    };
  }

  private static void tagged(FieldDescriptor field, Object value, CodedOutputStream out)
      throws IOException {
    int wireType =
        switch (field.getType()) {
          case FIXED32, SFIXED32 -> WireFormat.WIRETYPE_FIXED32;
          case FIXED64, SFIXED64, DOUBLE -> WireFormat.WIRETYPE_FIXED64;
          case STRING, BYTES, MESSAGE -> WireFormat.WIRETYPE_LENGTH_DELIMITED;
          default -> WireFormat.WIRETYPE_VARINT;
        };
    out.writeTag(field.getNumber(), wireType);
    content(field, value, out);
  }

  private static void content(FieldDescriptor field, Object value, CodedOutputStream out)
      throws IOException {
    switch (field.getType()) {
      case STRING -> out.writeStringNoTag((String) value);
      case BYTES -> out.writeBytesNoTag((ByteString) value);
      case BOOL -> out.writeBoolNoTag((boolean) value);
      case INT32 -> out.writeInt32NoTag((int) value);
      case UINT32 -> out.writeUInt32NoTag((int) value);
      case SINT32 -> out.writeSInt32NoTag((int) value);
      case FIXED32 -> out.writeFixed32NoTag((int) value);
      case INT64 -> out.writeInt64NoTag((long) value);
      case UINT64 -> out.writeUInt64NoTag((long) value);
      case FIXED64 -> out.writeFixed64NoTag((long) value);
      case SFIXED64 -> out.writeSFixed64NoTag((long) value);
      case DOUBLE -> out.writeDoubleNoTag((double) value);
      case ENUM -> out.writeEnumNoTag(((EnumValueDescriptor) value).getNumber());
      case MESSAGE -> out.writeByteArrayNoTag(encode((Message) value));
      default -> throw new IllegalStateException(field.toString());
    }
  }
}
