package micromegas.benchmarks;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/// Number of rows of a result and, when asked for, a sum over all values that does not depend on
/// the order of the rows.
final class QueryDigest {
  private long rows;
  private long hash;

  void add(VectorSchemaRoot root, boolean values) {
    rows += root.getRowCount();
    if (values) {
      addValues(root);
    }
  }

  private void addValues(VectorSchemaRoot root) {
    for (int row = 0; row < root.getRowCount(); row++) {
      long rowHash = 17;
      for (FieldVector vector : root.getFieldVectors()) {
        Object value = vector.getObject(row);
        rowHash = 31 * rowHash + (value == null ? 0 : value.toString().hashCode());
      }
      hash += rowHash * 0x9e3779b97f4a7c15L;
    }
  }

  long rows() {
    return rows;
  }

  @Override
  public String toString() {
    return rows + " rows, values " + Long.toHexString(hash);
  }
}
