package micromegas.query.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import micromegas.query.TableFunction;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// SQL that is ready to run, and what must be in place while it runs.
///
/// @param sql reads local files and the names in `functionScans`
/// @param dictionaryColumns see [micromegas.query.QueryResult#dictionaryColumns]
/// @param listElements by position, the elements of lists that come from a table as they are
/// @param functionScans tables whose rows replace their name before the SQL runs
/// @param resources to close after the query
/// @param shape how the result is presented
public record PlannedQuery(
    String sql,
    Set<Integer> dictionaryColumns,
    Map<Integer, Field> listElements,
    List<FunctionScan> functionScans,
    List<AutoCloseable> resources,
    Shape shape)
    implements AutoCloseable {

  /// Form of the result.
  public enum Shape {
    ROWS,
    /// Two columns, `plan_type` and `plan`.
    EXPLAIN
  }

  /// One call of a table function.
  ///
  /// @param name unique name that stands for the call in the SQL
  public record FunctionScan(
      String name, TableFunction function, List<@Nullable Object> arguments) {}

  @Override
  public void close() {
    RuntimeException failure = null;
    List<AutoCloseable> open = new ArrayList<>(resources);
    // Each is released once, however often this is called.
    resources.clear();
    for (AutoCloseable resource : open) {
      try {
        resource.close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IllegalStateException("releasing what a query had pinned", e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
