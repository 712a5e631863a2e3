package micromegas.query;

import java.util.Set;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/// The rows of one query, streamed. Used by one thread at a time, except for [#cancel] and
/// [#progress].
public interface QueryResult extends AutoCloseable {
  /// Result columns with dictionaries hydrated (plain Utf8 and Binary), timestamps labelled
  /// `+00:00`.
  Schema schema();

  /// Indices of result columns that the reference would send as Dictionary(Int32, …) to a client
  /// that asks for it.
  Set<Integer> dictionaryColumns();

  /// Loads the next batch of at most 8,192 rows into [#root].
  ///
  /// @return false when there are no more rows
  /// @throws micromegas.common.MicromegasException with the stage and cause
  boolean next();

  /// The current batch, valid until the next call of [#next] or [#close].
  VectorSchemaRoot root();

  /// Percentage done, or -1 when unknown. Any thread.
  double progress();

  /// What the query has taken so far. Any thread, any time, also after close.
  QueryUse use();

  /// Ends the query soon; [#next] then throws. Any thread, any time, also after close.
  void cancel();

  @Override
  void close();
}
