package micromegas.lakehouse.materialize;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import micromegas.common.BadRequestException;
import micromegas.lake.StoredProcess;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;

/// Picks the writer for a view's kind of source. Thread-safe.
///
/// @param blocks for views over decoded blocks
/// @param chains for views over chains of blocks
/// @param blockRows for the view set `blocks`
/// @param calibration gives a process the frequency that all its blocks are to be converted with
public record BlockFileWriters(
    BlockFileWriter blocks,
    BlockFileWriter chains,
    BlockFileWriter blockRows,
    UnaryOperator<StoredProcess> calibration)
    implements BlockFileWriter {

  @Override
  public Written write(View view, Iterable<SourceBlock> source, Path target) {
    return switch (view.source()) {
      case ViewSource.Blocks b ->
          blocks.write(
              view,
              b.clock() == ViewSource.ClockRule.PROCESS ? calibrated(source) : source,
              target);
      case ViewSource.Chains c -> chains.write(view, source, target);
      case ViewSource.BlockRows r -> blockRows.write(view, source, target);
      case ViewSource.Sql s -> throw new BadRequestException(view.id() + " is defined by SQL");
    };
  }

  @Override
  public Optional<GrowingFiles> growing(View view, SourceBlock first, Supplier<Path> targets) {
    return chains.growing(view, first, targets);
  }

  /// The same blocks, their processes with a frequency, which is asked for once per process.
  private Iterable<SourceBlock> calibrated(Iterable<SourceBlock> source) {
    return () -> {
      Iterator<SourceBlock> blocks = source.iterator();
      Map<UUID, StoredProcess> known = new HashMap<>();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return blocks.hasNext();
        }

        @Override
        public SourceBlock next() {
          SourceBlock block = blocks.next();
          StoredProcess process =
              known.computeIfAbsent(
                  block.process().info().processId(), id -> calibration.apply(block.process()));
          return new SourceBlock(block.block(), block.stream(), process);
        }
      };
    };
  }
}
