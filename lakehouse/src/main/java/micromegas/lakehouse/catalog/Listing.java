package micromegas.lakehouse.catalog;

import java.util.Iterator;
import java.util.function.Supplier;
import micromegas.query.ArrowRows;
import micromegas.query.FunctionCall;
import micromegas.query.TableFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// A table function without arguments; arguments are ignored, as the reference does.
///
/// @param rows computed when the function is called
record Listing(String name, Schema schema, Supplier<Iterator<@Nullable Object[]>> rows)
    implements TableFunction.Computed {
  @Override
  public ArrowReader open(FunctionCall call, BufferAllocator allocator) {
    return ArrowRows.reader(schema, rows.get(), allocator);
  }
}
