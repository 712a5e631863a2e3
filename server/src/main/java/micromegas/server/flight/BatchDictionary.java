package micromegas.server.flight;

import java.util.Arrays;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.ArrowBufPointer;
import org.apache.arrow.memory.util.hash.MurmurHasher;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;

/// The distinct values of one text or binary column of one batch, and the column as indices into
/// them. Nulls stay nulls of the index. Closed by the caller.
final class BatchDictionary implements AutoCloseable {
  private final BaseVariableWidthVector values;
  private final IntVector indices;

  private BatchDictionary(BaseVariableWidthVector values, IntVector indices) {
    this.values = values;
    this.indices = indices;
  }

  FieldVector values() {
    return values;
  }

  IntVector indices() {
    return indices;
  }

  static BatchDictionary encode(BaseVariableWidthVector column, BufferAllocator allocator) {
    int rows = column.getValueCount();
    BaseVariableWidthVector values =
        (BaseVariableWidthVector) column.getField().createVector(allocator);
    IntVector indices = new IntVector(column.getField().getName(), allocator);
    BatchDictionary dictionary = new BatchDictionary(values, indices);
    try {
      indices.allocateNew(rows);
      int[] slots = new int[Math.max(16, Integer.highestOneBit(Math.max(1, rows)) * 4)];
      Arrays.fill(slots, -1);
      int distinct = 0;
      MurmurHasher hasher = new MurmurHasher();
      ArrowBufPointer value = new ArrowBufPointer(hasher);
      ArrowBufPointer known = new ArrowBufPointer(hasher);
      for (int row = 0; row < rows; row++) {
        if (column.isNull(row)) {
          indices.setNull(row);
          continue;
        }
        column.getDataPointer(row, value);
        int slot = value.hashCode() & (slots.length - 1);
        while (slots[slot] >= 0) {
          values.getDataPointer(slots[slot], known);
          if (known.equals(value)) {
            break;
          }
          slot = (slot + 1) & (slots.length - 1);
        }
        if (slots[slot] < 0) {
          slots[slot] = distinct;
          values.copyFromSafe(row, distinct, column);
          distinct++;
        }
        indices.set(row, slots[slot]);
      }
      values.setValueCount(distinct);
      indices.setValueCount(rows);
      return dictionary;
    } catch (RuntimeException e) {
      dictionary.close();
      throw e;
    }
  }

  @Override
  public void close() {
    values.close();
    indices.close();
  }
}
