package micromegas.lakehouse.materialize;

import java.nio.file.Path;
import micromegas.common.BadRequestException;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;

/// Picks the writer for a view's kind of source. Thread-safe.
///
/// @param blocks for views over decoded blocks
/// @param chains for views over chains of blocks
/// @param blockRows for the view set `blocks`
public record BlockFileWriters(
    BlockFileWriter blocks, BlockFileWriter chains, BlockFileWriter blockRows)
    implements BlockFileWriter {

  @Override
  public Written write(View view, Iterable<SourceBlock> source, Path target) {
    return switch (view.source()) {
      case ViewSource.Blocks b -> blocks.write(view, source, target);
      case ViewSource.Chains c -> chains.write(view, source, target);
      case ViewSource.BlockRows r -> blockRows.write(view, source, target);
      case ViewSource.Sql s -> throw new BadRequestException(view.id() + " is defined by SQL");
    };
  }
}
