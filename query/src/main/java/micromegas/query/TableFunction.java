package micromegas.query;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/// A function in FROM that is ours: its rows are computed, or it stands for a query. Offered by
/// [TableCatalog#functions]. Thread-safe.
///
/// | kind | when |
/// |---|---|
/// | [Expanded] | the rows are in tables of the catalog: the engine reads them with all its pruning and threads |
/// | [Computed] | the rows have to be made: listings, files of another format, call trees |
public sealed interface TableFunction {
  /// Name in SQL, lower case.
  String name();

  /// Columns of the rows; the schema of dictionary columns is that of files, as in
  /// [TableProvider#schema].
  Schema schema();

  /// Looks at the arguments while the query is planned, before anything runs.
  ///
  /// @throws micromegas.common.BadRequestException for wrong arguments, naming the argument
  default void check(Arguments arguments) {}

  /// Rows that Java computes, streamed into the query in bounded memory.
  ///
  /// The rows are pulled one batch at a time, on one thread at a time, while the query runs. The
  /// reader is closed when the query has enough (LIMIT), ends or is cancelled. A thread inside
  /// [#open] or the reader is interrupted when the query ends early; both should then give up soon,
  /// and may leave with any exception. A reference that the query evaluates twice, such as a WITH
  /// that is used twice, is opened twice.
  non-sealed interface Computed extends TableFunction {
    /// Starts to compute. Called when the first row is wanted; never for EXPLAIN, nor for
    /// describing a query.
    ///
    /// @param allocator for the batches; counts as the query's memory
    /// @return a reader over the columns of `schema()`, in batches of any size, closed by the
    ///   engine. A dictionary column may come encoded or plain. See [ArrowRows] for the usual way
    ///   to make one
    /// @throws micromegas.common.MicromegasException as the error of the query; any other exception
    ///   too, as an internal error
    ArrowReader open(FunctionCall call, BufferAllocator allocator);
  }

  /// A call that stands for a query over the same catalog, which is planned like a query of the
  /// user: its scans are pruned, brought up to date and bounded by the query's range.
  non-sealed interface Expanded extends TableFunction {
    /// The query, with the columns of `schema()`. Called while the query is planned, for EXPLAIN
    /// and descriptions too.
    String expand(FunctionCall call);
  }
}
