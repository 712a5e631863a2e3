package micromegas.lakehouse.blocks.otlp;

import micromegas.lakehouse.blocks.BlockRuns;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.ColumnBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An opened block. Valid until the scratch opens the next one.
record OtlpBlock(SourceBlock source, DecodeScratch blocks, OtlpScratch scratch) {
  private static final Logger LOG = LoggerFactory.getLogger(OtlpBlock.class);

  /// The columns that are the same on all rows.
  BlockRuns runs(ColumnBatch out, int rows) {
    return new BlockRuns(source, blocks, out, rows);
  }

  /// Tells of records that have no row by the rules of their view set.
  ///
  /// @param why what they lack
  void warnOfDropped(int count, String what, String why) {
    if (count > 0) {
      LOG.warn("block {}: {} {} {}", source.block().info().blockId(), count, what, why);
    }
  }
}
