package micromegas.server.flight;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// Schemas as they stand in messages.
final class ResultSchemas {
  private static final ArrowType.Int INDEX = new ArrowType.Int(32, true);

  private ResultSchemas() {}

  /// The schema with the given text and binary columns as Dictionary(Int32, …), in the form of an
  /// IPC message: value type plus encoding. The dictionary's id is the index of the column.
  static Schema withDictionaries(Schema schema, Set<Integer> columns) {
    if (columns.isEmpty()) {
      return schema;
    }
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < schema.getFields().size(); i++) {
      Field field = schema.getFields().get(i);
      fields.add(
          columns.contains(i) && isVariableWidth(field.getType())
              ? new Field(
                  field.getName(),
                  new FieldType(
                      field.isNullable(), field.getType(), new DictionaryEncoding(i, false, INDEX)),
                  field.getChildren())
              : field);
    }
    return new Schema(fields);
  }

  private static boolean isVariableWidth(ArrowType type) {
    return type instanceof ArrowType.Utf8 || type instanceof ArrowType.Binary;
  }

  /// The schema as one encapsulated IPC message, as `FlightInfo` carries it.
  static ByteString message(Schema schema) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      MessageSerializer.serialize(new WriteChannel(Channels.newChannel(bytes)), schema);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }

  /// The schema as an IPC stream without batches: schema message and end marker.
  static ByteString stream(Schema schema) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      WriteChannel channel = new WriteChannel(Channels.newChannel(bytes));
      MessageSerializer.serialize(channel, schema);
      ArrowStreamWriter.writeEndOfStream(
          channel, org.apache.arrow.vector.ipc.message.IpcOption.DEFAULT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }
}
