package micromegas.query;

import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// A function in FROM whose rows are computed by us: `list_partitions()` and the like. Thread-safe.
public interface TableFunction {
  /// Name in SQL, lower case.
  String name();

  Schema schema();

  /// Computes the rows.
  ///
  /// @param arguments constants after folding: String, Long, Double, Boolean, java.time.Instant, or
  ///   null
  /// @return a reader over `schema()`, closed by the engine; see [ArrowRows] for the usual way to
  ///   make one
  /// @throws micromegas.common.BadRequestException for wrong arguments, naming the argument
  ArrowReader open(List<@Nullable Object> arguments, BufferAllocator allocator);
}
