package micromegas.server.flight;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowDictionaryBatch;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// Turns batches into messages: the schema first, then record batches of about the target size,
/// each preceded by the dictionaries it uses.
final class BatchSender {
  private static final IpcOption OPTION = IpcOption.DEFAULT;

  private final FrameSink sink;
  private final long targetBytes;
  private final byte[] copy = new byte[FlightFrame.COPY_BYTES];
  private Set<Integer> dictionaryColumns = Set.of();
  private long rowsSent;

  BatchSender(FrameSink sink, long targetBytes) {
    this.sink = sink;
    this.targetBytes = targetBytes;
  }

  long rowsSent() {
    return rowsSent;
  }

  /// @param dictionaries columns to send as dictionaries; those that are neither text nor binary
  ///   are sent as they are
  void sendSchema(Schema schema, Set<Integer> dictionaries) {
    dictionaryColumns = Set.copyOf(dictionaries);
    sink.send(
        FlightFrame.schema(
            MessageSerializer.serializeMetadata(
                ResultSchemas.withDictionaries(schema, dictionaryColumns), OPTION)));
  }

  /// Sends every row of `root`, which stays as it is.
  void send(VectorSchemaRoot root) {
    int rows = root.getRowCount();
    if (rows == 0) {
      return;
    }
    long bytes = 0;
    for (FieldVector vector : root.getFieldVectors()) {
      bytes += vector.getBufferSize();
    }
    // As the reference splits: 7 rows of 700 kB become 2, 2, 2 and 1.
    long pieces = Math.max(1, Math.ceilDiv(bytes, targetBytes));
    if (pieces == 1) {
      sendPiece(root);
      return;
    }
    int rowsPerPiece = (int) Math.max(1, rows / pieces);
    for (int from = 0; from < rows; from += rowsPerPiece) {
      try (VectorSchemaRoot piece = root.slice(from, Math.min(rowsPerPiece, rows - from))) {
        sendPiece(piece);
      }
    }
  }

  private void sendPiece(VectorSchemaRoot root) {
    if (dictionaryColumns.isEmpty()) {
      sendRecordBatch(root);
    } else {
      sendWithDictionaries(root);
    }
    rowsSent += root.getRowCount();
  }

  private void sendWithDictionaries(VectorSchemaRoot root) {
    List<BatchDictionary> dictionaries = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    List<FieldVector> vectors = new ArrayList<>();
    try {
      for (int i = 0; i < root.getFieldVectors().size(); i++) {
        FieldVector vector = root.getVector(i);
        if (dictionaryColumns.contains(i) && vector instanceof BaseVariableWidthVector column) {
          BufferAllocator allocator = column.getAllocator();
          BatchDictionary dictionary = BatchDictionary.encode(column, allocator);
          dictionaries.add(dictionary);
          sendDictionary(i, dictionary.values());
          vectors.add(dictionary.indices());
        } else {
          vectors.add(vector);
        }
        fields.add(vectors.getLast().getField());
      }
      // Not closed: it only borrows the vectors.
      sendRecordBatch(new VectorSchemaRoot(fields, vectors, root.getRowCount()));
    } finally {
      dictionaries.forEach(BatchDictionary::close);
    }
  }

  private void sendRecordBatch(VectorSchemaRoot root) {
    try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
      sink.send(
          FlightFrame.batch(
              MessageSerializer.serializeMetadata(batch, OPTION), batch.getBuffers(), copy));
    }
  }

  private void sendDictionary(long id, FieldVector values) {
    VectorSchemaRoot root =
        new VectorSchemaRoot(
            List.of(
                new Field(
                    "values",
                    FieldType.nullable(values.getField().getType()),
                    values.getField().getChildren())),
            List.of(values),
            values.getValueCount());
    ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch();
    try (ArrowDictionaryBatch dictionary = new ArrowDictionaryBatch(id, batch, false)) {
      sink.send(
          FlightFrame.batch(
              MessageSerializer.serializeMetadata(dictionary, OPTION), batch.getBuffers(), copy));
    }
  }
}
