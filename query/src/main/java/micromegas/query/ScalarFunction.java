package micromegas.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A function in expressions that is ours and does more than compute: it reads objects of the lake,
/// or changes something. Offered by [TableCatalog#scalarFunctions]. Thread-safe.
///
/// It is called for every row that the query evaluates it for, NULL arguments included, never for
/// EXPLAIN or for describing a query, and never ahead of time: such calls are not folded. Functions
/// that only compute from their arguments are faster inside the engine.
public interface ScalarFunction {

  /// Types of arguments and results.
  enum Type {
    /// String
    TEXT,
    /// byte array
    BINARY,
    /// Long
    INT64,
    /// Double
    FLOAT64,
    /// Boolean
    BOOLEAN,
    /// java.time.Instant
    TIME
  }

  /// Name in SQL, lower case.
  String name();

  /// At most eight; arguments are cast to these, and another number of them is refused.
  List<Type> parameters();

  Type result();

  /// Most rows of one call, from 1 to 2,048. The results of a call are in memory together, so
  /// functions with large results ask for few.
  default int maxRows() {
    return 2_048;
  }

  /// The results for some rows, in the same order. Several threads may call at a time. The thread
  /// is interrupted when the query ends early. See [ConcurrentCalls] for calling something slow for
  /// several rows at a time.
  ///
  /// @param rows the arguments of each row, as Java values of their types; null is NULL
  /// @return as many results, null being NULL
  /// @throws micromegas.common.MicromegasException as the error of the query; any other exception
  ///   too, as an internal error
  List<@Nullable Object> call(List<List<@Nullable Object>> rows);
}
