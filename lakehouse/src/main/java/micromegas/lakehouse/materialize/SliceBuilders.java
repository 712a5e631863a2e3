package micromegas.lakehouse.materialize;

import micromegas.common.BadRequestException;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;

/// Picks the builder for a view's kind of source. Thread-safe.
///
/// @param blocks for views over decoded blocks
/// @param blockRows for the view set `blocks`
/// @param sql for views over other views
public record SliceBuilders(SliceBuilder blocks, SliceBuilder blockRows, SliceBuilder sql)
    implements SliceBuilder {

  @Override
  public long count(View view, InsertSlice slice) {
    return builderFor(view).count(view, slice);
  }

  @Override
  public Partition build(View view, InsertSlice slice) {
    return builderFor(view).build(view, slice);
  }

  private SliceBuilder builderFor(View view) {
    return switch (view.source()) {
      case ViewSource.Blocks b -> blocks;
      case ViewSource.Chains c ->
          throw new BadRequestException(view.id() + " has no slices: it is made just in time");
      case ViewSource.BlockRows r -> blockRows;
      case ViewSource.Sql s -> sql;
    };
  }
}
