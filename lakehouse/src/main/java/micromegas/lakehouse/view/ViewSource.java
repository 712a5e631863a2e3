package micromegas.lakehouse.view;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.chains.ChainProcessor;

/// Where the rows of a view come from.
public sealed interface ViewSource {

  /// Decoded blocks: one row or more per event.
  ///
  /// @param tag blocks of streams with this tag take part
  /// @param processors by stream format; blocks of another format are skipped
  /// @param index how the partitions of a global view are made searchable by a key; empty when they
  ///   are not
  /// @param clock of processes that do not know their frequency
  record Blocks(
      String tag, Map<String, BlockProcessor> processors, Optional<KeyIndex> index, ClockRule clock)
      implements ViewSource {
    public Blocks {
      processors = Map.copyOf(processors);
    }

    /// Without index, and with [ClockRule#BLOCK].
    public Blocks(String tag, Map<String, BlockProcessor> processors) {
      this(tag, processors, Optional.empty());
    }

    /// With [ClockRule#BLOCK].
    public Blocks(String tag, Map<String, BlockProcessor> processors, Optional<KeyIndex> index) {
      this(tag, processors, index, ClockRule.BLOCK);
    }
  }

  /// Which frequency converts the ticks of a process that does not know its own (`views.md` 2.2).
  enum ClockRule {
    /// Each block tells one by its end.
    BLOCK,
    /// The latest block of the process tells one for all its blocks, so that events of several
    /// streams can be compared. For instances of processes only.
    PROCESS
  }

  /// Makes rows findable by a key without reading all partitions: their files are sorted by it, and
  /// each has a filter that says which keys it may hold.
  ///
  /// @param key a column of binary of fixed size
  /// @param sortOrder columns by which files are sorted, `key` first
  record KeyIndex(String key, List<String> sortOrder) {
    public KeyIndex {
      sortOrder = List.copyOf(sortOrder);
    }
  }

  /// Chains of contiguous blocks, read in the order of their events: rows that need several blocks.
  /// All instances are just-in-time ones.
  ///
  /// @param scope which blocks an instance reads
  /// @param format of the streams; blocks of another format are skipped
  /// @param sortColumn column by which the rows of a file ascend, a timestamp; empty when nothing
  ///   is guaranteed
  /// @param stitched whether the blocks of each stream are one chain, whatever lies between them.
  ///   Rows then depend on what a query asks for, so they are never stored in the lake
  record Chains(
      ChainScope scope,
      String format,
      ChainProcessor<?> processor,
      Optional<String> sortColumn,
      boolean stitched)
      implements ViewSource {

    /// Chains that end at gaps and at the borders of partitions, and are stored.
    public Chains(
        ChainScope scope, String format, ChainProcessor<?> processor, Optional<String> sortColumn) {
      this(scope, format, processor, sortColumn, false);
    }
  }

  /// Whose blocks an instance of [Chains] reads.
  sealed interface ChainScope {
    /// Those of one stream; the instance id is a stream id.
    record Stream() implements ChainScope {}

    /// Those of the streams of one process that have the tag; the instance id is a process id.
    record Process(String tag) implements ChainScope {}
  }

  /// The rows of `blocks` joined with `streams` and `processes` in PostgreSQL: the view set
  /// `blocks` itself.
  record BlockRows() implements ViewSource {}

  /// A query over other global views.
  ///
  /// The texts may use `{begin}` and `{end}` (RFC 3339 bounds of the half-open insert slice) and,
  /// in `mergeSql`, `{source}`.
  ///
  /// @param count what makes a slice of this view current
  /// @param extractSql rows of one slice
  /// @param mergeSql combines partial rows, when files are merged and when the view is queried
  /// @param sortOrder columns by which every file is sorted; empty when nothing is guaranteed
  record Sql(SourceCount count, String extractSql, String mergeSql, List<String> sortOrder)
      implements ViewSource {
    public Sql {
      sortOrder = List.copyOf(sortOrder);
    }
  }

  /// How the source objects of a slice are counted; a partition is current when its recorded count
  /// equals this one.
  sealed interface SourceCount {
    /// Rows of the `blocks` view.
    record BlockRows() implements SourceCount {}

    /// Events of all blocks whose stream has the tag.
    record TaggedObjects(String tag) implements SourceCount {}

    /// A query with `{begin}` and `{end}` that returns one row with one column `count`; null reads
    /// as 0.
    record Query(String sql) implements SourceCount {}
  }
}
