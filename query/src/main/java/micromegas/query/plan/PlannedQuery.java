package micromegas.query.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import micromegas.query.FunctionCall;
import micromegas.query.ScalarFunction;
import micromegas.query.TableFunction;
import org.apache.arrow.vector.types.pojo.Field;

/// SQL that is ready to run, and what must be in place while it runs.
///
/// @param sql reads local files; names in `functionScans` and `scalarCalls` stand for handles
/// @param dictionaryColumns see [micromegas.query.QueryResult#dictionaryColumns]
/// @param tableFields by position, the fields of columns that come from a table as they are and
///   whose type the engine does not keep, lists and binary of fixed size, or whose values may be
///   large, binary without dictionary
/// @param functionScans tables whose rows are computed while the SQL runs
/// @param scalarCalls scalar functions that the SQL calls back
/// @param resources to close after the query
/// @param shape how the result is presented
public record PlannedQuery(
    String sql,
    Set<Integer> dictionaryColumns,
    Map<Integer, Field> tableFields,
    List<FunctionScan> functionScans,
    List<ScalarCall> scalarCalls,
    List<AutoCloseable> resources,
    Shape shape)
    implements AutoCloseable {

  /// Form of the result.
  public enum Shape {
    ROWS,
    /// Two columns, `plan_type` and `plan`.
    EXPLAIN
  }

  /// Name of the engine's function whose rows are those of the table function behind a handle.
  public static final String ROWS = "table_function_rows";

  /// Name of the engine's function that calls back the scalar function behind a handle, for text.
  public static final String CALL_TEXT = "scalar_call_text";

  /// As [#CALL_TEXT], for bytes.
  public static final String CALL_BINARY = "scalar_call_binary";

  /// One call of a table function.
  ///
  /// @param name unique name that stands for the call in the SQL
  public record FunctionScan(String name, TableFunction.Computed function, FunctionCall call) {}

  /// One call of a scalar function of the catalog.
  ///
  /// @param name unique name that stands for the function in the SQL
  public record ScalarCall(String name, ScalarFunction function) {}

  /// Whether the engine will wait for Java code while it runs this.
  public boolean callsBack() {
    return !functionScans.isEmpty() || !scalarCalls.isEmpty();
  }

  /// The SQL with handles in the place of names.
  ///
  /// @param handles by name, for all function scans and scalar calls
  public String sql(Map<String, Long> handles) {
    String text = sql;
    for (FunctionScan scan : functionScans) {
      String rows = "(SELECT * FROM " + ROWS + "(" + handles.get(scan.name()) + "))";
      text = text.replace(scan.name(), rows);
    }
    for (ScalarCall call : scalarCalls) {
      text = text.replace(call.name(), String.valueOf(handles.get(call.name())));
    }
    return text;
  }

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
