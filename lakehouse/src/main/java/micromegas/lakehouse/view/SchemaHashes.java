package micromegas.lakehouse.view;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import micromegas.common.BadRequestException;
import micromegas.lake.partition.SipHash13;
import micromegas.lake.partition.SourceCounts;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// Schema hashes of partition files.
///
/// View sets of decoded blocks have a constant of one byte, raised whenever their rows change. SQL
/// views hash their Arrow schema with SipHash-1-3: names, types, nullability and time zone text, in
/// the byte form in which the reference implementation feeds a schema to its hasher.
public final class SchemaHashes {
  // Positions of the types in the reference's type enumeration.
  private static final int BOOLEAN = 1;
  private static final int INT8 = 2;
  private static final int UINT8 = 6;
  private static final int FLOAT16 = 10;
  private static final int TIMESTAMP = 13;
  private static final int BINARY = 20;
  private static final int FIXED_SIZE_BINARY = 21;
  private static final int UTF8 = 24;
  private static final int LIST = 27;
  private static final int STRUCT = 32;
  private static final int DICTIONARY = 34;

  private SchemaHashes() {}

  /// The constant hash of a view set of decoded blocks.
  public static byte[] constant(int version) {
    return new byte[] {(byte) version};
  }

  /// The hash of a SQL view: 8 bytes, little-endian.
  ///
  /// @throws BadRequestException for a column type that no view can have
  public static byte[] ofSchema(Schema schema) {
    Bytes out = new Bytes();
    fields(out, schema.getFields());
    return SourceCounts.encode(SipHash13.hash(out.toByteArray()));
  }

  private static void fields(Bytes out, List<Field> fields) {
    out.int64(fields.size());
    fields.forEach(field -> field(out, field));
  }

  private static void field(Bytes out, Field field) {
    out.text(field.getName());
    if (field.getDictionary() != null) {
      out.int64(DICTIONARY);
      type(out, field.getDictionary().getIndexType(), field);
    }
    type(out, field.getType(), field);
    out.write(field.isNullable() ? 1 : 0);
  }

  private static void type(Bytes out, ArrowType type, Field field) {
    switch (type) {
      case ArrowType.Bool b -> out.int64(BOOLEAN);
      case ArrowType.Int i -> out.int64((i.getIsSigned() ? INT8 : UINT8) + log2Bytes(i));
      case ArrowType.FloatingPoint f -> out.int64(FLOAT16 + f.getPrecision().ordinal());
      case ArrowType.Timestamp t -> timestamp(out, t);
      case ArrowType.Binary b -> out.int64(BINARY);
      case ArrowType.FixedSizeBinary b -> {
        out.int64(FIXED_SIZE_BINARY);
        out.int32(b.getByteWidth());
      }
      case ArrowType.Utf8 u -> out.int64(UTF8);
      case ArrowType.List l -> {
        out.int64(LIST);
        field(out, field.getChildren().getFirst());
      }
      case ArrowType.Struct s -> {
        out.int64(STRUCT);
        fields(out, field.getChildren());
      }
      default ->
          throw new BadRequestException(
              "column " + field.getName() + ": views cannot have the type " + type);
    }
  }

  private static int log2Bytes(ArrowType.Int type) {
    return Integer.numberOfTrailingZeros(type.getBitWidth() / 8);
  }

  private static void timestamp(Bytes out, ArrowType.Timestamp type) {
    out.int64(TIMESTAMP);
    out.int64(
        switch (type.getUnit()) {
          case TimeUnit.SECOND -> 0;
          case TimeUnit.MILLISECOND -> 1;
          case TimeUnit.MICROSECOND -> 2;
          case TimeUnit.NANOSECOND -> 3;
        });
    String zone = type.getTimezone();
    out.int64(zone == null ? 0 : 1);
    if (zone != null) {
      out.text(zone);
    }
  }

  private static final class Bytes extends ByteArrayOutputStream {
    void int64(long value) {
      writeBytes(
          ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }

    void int32(int value) {
      writeBytes(
          ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    void text(String value) {
      writeBytes(value.getBytes(StandardCharsets.UTF_8));
      write(0xff);
    }
  }
}
