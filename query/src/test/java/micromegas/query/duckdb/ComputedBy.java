package micromegas.query.duckdb;

import micromegas.query.FunctionCall;
import micromegas.query.TableFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/// A table function whose rows are those of a reader that is given.
record ComputedBy(String name, Schema schema, Opener opener) implements TableFunction.Computed {
  interface Opener {
    ArrowReader open(FunctionCall call, BufferAllocator allocator);
  }

  @Override
  public ArrowReader open(FunctionCall call, BufferAllocator allocator) {
    return opener.open(call, allocator);
  }
}
