package micromegas.query.duckdb;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import micromegas.common.MicromegasException;
import micromegas.common.UnavailableException;
import micromegas.query.Stages;
import micromegas.query.TableFunction;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// One evaluation of a table function: opened when the engine wants the first row, read one vector
/// at a time, closed once.
final class OpenScan {
  private final Upcalls.RowSource source;
  private final VectorWriter writer;
  private final int vectorRows;

  /// Position in the function's schema of each vector that the engine wants; beyond the schema for
  /// one whose values do not matter.
  private final int[] projection;

  private @Nullable ArrowReader reader;
  private int next;
  private boolean ended;

  OpenScan(Upcalls.RowSource source, VectorWriter writer, int vectorRows, int[] projection) {
    this.source = source;
    this.writer = writer;
    this.vectorRows = vectorRows;
    this.projection = projection;
  }

  Upcalls.RowSource source() {
    return source;
  }

  /// Fills the vectors of `chunk` with the next rows.
  ///
  /// @return their number; 0 at the end
  /// @throws MicromegasException when the function fails
  synchronized int fill(MemorySegment chunk) throws Throwable {
    TableFunction.Computed function = source.scan().function();
    try {
      if (reader == null && !ended) {
        reader = open(function);
      }
      ArrowReader current = reader;
      if (current == null || !hasRows(current)) {
        close();
        return 0;
      }
      VectorSchemaRoot root = current.getVectorSchemaRoot();
      int rows = Math.min(vectorRows, root.getRowCount() - next);
      List<Field> columns = function.schema().getFields();
      for (int i = 0; i < projection.length; i++) {
        if (projection[i] < columns.size()) {
          FieldVector vector = root.getVector(projection[i]);
          writer.write(vector, current, next, rows, writer.column(chunk, i));
        }
      }
      next += rows;
      return rows;
    } catch (MicromegasException e) {
      throw Stages.label(e, Stages.STREAMING);
    } catch (IOException | RuntimeException e) {
      throw new UnavailableException(function.name() + " failed: " + text(e), e);
    }
  }

  /// @return null when the query is only described
  private @Nullable ArrowReader open(TableFunction.Computed function) throws IOException {
    if (!source.scan().call().materialize()) {
      return null;
    }
    ArrowReader opened;
    try {
      opened = function.open(source.scan().call(), source.allocator());
    } catch (MicromegasException e) {
      throw Stages.label(e, Stages.SCANNING);
    }
    int columns = opened.getVectorSchemaRoot().getFieldVectors().size();
    if (columns != function.schema().getFields().size()) {
      opened.close();
      throw new IllegalStateException(
          "gives " + columns + " columns instead of " + function.schema().getFields().size());
    }
    return opened;
  }

  /// Makes the batch with the next row the current one.
  private boolean hasRows(ArrowReader current) throws IOException {
    VectorSchemaRoot root = current.getVectorSchemaRoot();
    while (next >= root.getRowCount()) {
      next = 0;
      if (!current.loadNextBatch()) {
        return false;
      }
    }
    return true;
  }

  private static String text(Throwable error) {
    return error.getMessage() == null ? error.toString() : error.getMessage();
  }

  /// @throws IllegalStateException when the reader cannot be closed
  synchronized void close() {
    ended = true;
    ArrowReader open = reader;
    reader = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new IllegalStateException("closing " + source.scan().function().name(), e);
      }
    }
  }
}
