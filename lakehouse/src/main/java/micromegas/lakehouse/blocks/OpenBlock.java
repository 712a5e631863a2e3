package micromegas.lakehouse.blocks;

import micromegas.common.CorruptDataException;
import micromegas.transit.CorruptBlockException;
import micromegas.transit.DependencyTable;
import micromegas.transit.ObjectCursor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A native block, decompressed, its dependencies decoded, and the cursor before its first event.
/// Valid until the scratch opens the next block.
final class OpenBlock<F extends EventFields> {
  private static final Logger LOG = LoggerFactory.getLogger(OpenBlock.class);

  final SourceBlock source;
  final DecodeScratch scratch;
  final EventPlan<F> plan;
  final DependencyTable dependencies;
  final ObjectCursor cursor;
  private boolean[] warned = {};

  OpenBlock(SourceBlock source, DecodeScratch scratch, EventPlan<F> plan) {
    this.source = source;
    this.scratch = scratch;
    this.plan = plan;
    this.dependencies = scratch.dependencies;
    this.cursor = scratch.cursor;
  }

  /// Passes over the current event, which no reader takes: one warning per unknown type.
  void skip(EventFields fields) {
    if (fields.reader == EventFields.FOREIGN) {
      return;
    }
    if (warned.length == 0) {
      warned = new boolean[256];
    }
    int type = cursor.type();
    if (!warned[type]) {
      warned[type] = true;
      LOG.warn(
          "block {}: events of the unknown type {} are skipped",
          source.block().info().blockId(),
          plan.objectTypes().type(type).name());
    }
  }

  /// The error of a block, with the ids that a user can search for.
  static CorruptDataException corrupt(SourceBlock source, CorruptBlockException error) {
    return new CorruptDataException(
        "block "
            + source.block().info().blockId()
            + " of stream "
            + source.stream().info().streamId()
            + ": "
            + error.getMessage(),
        error);
  }
}
