package micromegas.lakehouse.view;

import java.util.List;
import java.util.Map;
import micromegas.lakehouse.blocks.BlockProcessor;

/// Where the rows of a view come from.
public sealed interface ViewSource {

  /// Decoded blocks: one row or more per event.
  ///
  /// @param tag blocks of streams with this tag take part
  /// @param processors by stream format; blocks of another format are skipped
  record Blocks(String tag, Map<String, BlockProcessor> processors) implements ViewSource {
    public Blocks {
      processors = Map.copyOf(processors);
    }
  }

  /// The rows of `blocks` joined with `streams` and `processes` in PostgreSQL: the view set
  /// `blocks` itself.
  record BlockRows() implements ViewSource {}

  /// A query over other global views.
  ///
  /// The texts may use `{begin}` and `{end}` (RFC 3339 bounds of the half-open insert slice) and,
  /// in `mergeSql`, `{source}`.
  ///
  /// @param countSql one row, one column `count`: source objects of the slice
  /// @param extractSql rows of one slice
  /// @param mergeSql combines partial rows, when files are merged and when the view is queried
  /// @param sortOrder columns by which every file is sorted; empty when nothing is guaranteed
  record Sql(String countSql, String extractSql, String mergeSql, List<String> sortOrder)
      implements ViewSource {
    public Sql {
      sortOrder = List.copyOf(sortOrder);
    }
  }
}
