package micromegas.query.duckdb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.query.Arguments;
import micromegas.query.FunctionCall;
import micromegas.query.TableFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;

/// `numbers(count)`: whole numbers from 0, a label and the half of each; counts what it was asked
/// for.
final class Numbers implements TableFunction.Computed {
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              Lake.field("n", new ArrowType.Int(64, true)),
              Lake.field("label", ArrowType.Utf8.INSTANCE),
              Lake.field("half", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE))));

  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();
  final AtomicLong made = new AtomicLong();

  @Override
  public String name() {
    return "numbers";
  }

  @Override
  public Schema schema() {
    return SCHEMA;
  }

  @Override
  public void check(Arguments arguments) {
    arguments.requireCount(1);
    if (arguments.integer(0) < 0) {
      throw arguments.wrong(0, "must not be negative");
    }
  }

  @Override
  public ArrowReader open(FunctionCall call, BufferAllocator allocator) {
    opened.incrementAndGet();
    long count = call.arguments().integer(0);
    return new ArrowReader(allocator) {
      private long next;

      @Override
      public boolean loadNextBatch() throws IOException {
        VectorSchemaRoot root = getVectorSchemaRoot();
        root.allocateNew();
        int rows = (int) Math.min(5_000, count - next);
        for (int i = 0; i < rows; i++) {
          long n = next + i;
          ((BigIntVector) root.getVector(0)).setSafe(i, n);
          ((VarCharVector) root.getVector(1))
              .setSafe(i, ("number " + n).getBytes(StandardCharsets.UTF_8));
          ((Float8Vector) root.getVector(2)).setSafe(i, n / 2.0);
        }
        next += rows;
        made.addAndGet(rows);
        root.setRowCount(rows);
        return rows > 0;
      }

      @Override
      public long bytesRead() {
        return 0;
      }

      @Override
      protected void closeReadSource() {
        closed.incrementAndGet();
      }

      @Override
      protected Schema readSchema() {
        return SCHEMA;
      }
    };
  }
}
