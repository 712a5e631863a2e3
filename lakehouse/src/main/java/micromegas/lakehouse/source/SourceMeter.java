package micromegas.lakehouse.source;

import java.time.Instant;
import java.util.List;
import micromegas.common.BadRequestException;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.materialize.SliceBuilder;
import micromegas.lakehouse.materialize.UndecodableObjects;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewFactory;
import micromegas.lakehouse.view.ViewSource;

/// Measures the source of any global view. Thread-safe.
public final class SourceMeter implements UndecodableObjects {
  private final BlockCounter counter;
  private final ViewFactory views;
  private final SliceBuilder queryCounts;

  /// @param views whose decoders' failures are told apart
  /// @param queryCounts runs the count queries of SQL views that declare one
  public SourceMeter(BlockCounter counter, ViewFactory views, SliceBuilder queryCounts) {
    this.counter = counter;
    this.views = views;
    this.queryCounts = queryCounts;
  }

  /// Source objects of `view` in each interval between neighbouring boundaries, counted now.
  ///
  /// @param boundaries ascending, at least two
  public IntervalCounts count(View view, List<Instant> boundaries) {
    return count(view, boundaries, Instant.MIN);
  }

  /// The same, where counts of hours that end by `resting` may be older: nothing is expected to
  /// change in them.
  public IntervalCounts count(View view, List<Instant> boundaries, Instant resting) {
    return switch (view.source()) {
      case ViewSource.BlockRows rows -> counter.blockRows(boundaries, resting);
      case ViewSource.Blocks blocks ->
          counter.taggedObjects(
              boundaries,
              blocks.tag(),
              List.of(DecoderVersions.of(view.id().viewSet(), blocks)),
              resting);
      case ViewSource.Chains chains ->
          throw new BadRequestException(view.id() + " has no slices: it is made just in time");
      case ViewSource.Sql sql -> countSql(view, sql.count(), boundaries, resting);
    };
  }

  @Override
  public Undecodable of(View view, InsertSlice slice) {
    if (view.source() instanceof ViewSource.Sql sql
        && sql.count() instanceof ViewSource.SourceCount.Query) {
      return Undecodable.NOTHING;
    }
    IntervalCounts counts = count(view, List.of(slice.begin(), slice.end()));
    return new Undecodable(
        counts.undecodable()[0] + counts.outdated()[0], counts.outdated()[0] > 0);
  }

  private IntervalCounts countSql(
      View view, ViewSource.SourceCount count, List<Instant> boundaries, Instant resting) {
    return switch (count) {
      case ViewSource.SourceCount.BlockRows rows -> counter.blockRows(boundaries, resting);
      case ViewSource.SourceCount.TaggedObjects tagged ->
          counter.taggedObjects(boundaries, tagged.tag(), decodersOf(tagged.tag()), resting);
      case ViewSource.SourceCount.Query query -> {
        // What the query reads comes from blocks; which of them is not known here.
        IntervalCounts counts = counter.blockRows(boundaries, resting);
        for (int i = 0; i + 1 < boundaries.size(); i++) {
          counts.objects()[i] =
              queryCounts.count(view, new InsertSlice(boundaries.get(i), boundaries.get(i + 1)));
        }
        yield counts;
      }
    };
  }

  /// The view sets that decode blocks with this tag: what they could not read is missing in the SQL
  /// views over them.
  private List<DecoderVersions> decodersOf(String tag) {
    return views.globalViews().stream()
        .filter(
            view -> view.source() instanceof ViewSource.Blocks blocks && blocks.tag().equals(tag))
        .map(view -> DecoderVersions.of(view.id().viewSet(), (ViewSource.Blocks) view.source()))
        .toList();
  }
}
