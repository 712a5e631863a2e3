package micromegas.lakehouse.perfetto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Slices are laid out so that a viewer, which ends the innermost slice of a track, ends the right
/// one.
class SliceTracksTest {
  private static final long FIRST = 0;

  /// Reads events as `trace_processor` does: sorted by time, in the order they have at a time.
  private static final class Viewer implements SliceTracks.Events {
    private final Map<Long, Deque<Slice>> open = new HashMap<>();
    private final Map<Long, Long> times = new HashMap<>();
    final Map<Long, List<String>> shown = new HashMap<>();
    final List<Slice> ended = new ArrayList<>();

    @Override
    public void begin(long track, Slice slice) {
      at(track, slice.beginNanos());
      Deque<Slice> stack = open.computeIfAbsent(track, t -> new ArrayDeque<>());
      String around = stack.isEmpty() ? "" : stack.peek().name() + " > ";
      shown.computeIfAbsent(track, t -> new ArrayList<>()).add(around + slice.name());
      stack.push(slice);
    }

    @Override
    public void end(long track, Slice slice) {
      at(track, slice.endNanos());
      assertThat(open.get(track).pop()).isEqualTo(slice);
      ended.add(slice);
    }

    private void at(long track, long nanos) {
      assertThat(nanos).isGreaterThanOrEqualTo(times.getOrDefault(track, Long.MIN_VALUE));
      times.put(track, nanos);
    }

    void assertClosed() {
      assertThat(open.values()).allMatch(Deque::isEmpty);
    }
  }

  private final Viewer viewer = new Viewer();
  private final AtomicLong tracks = new AtomicLong(FIRST);

  private AsyncTracks async() {
    return new AsyncTracks(FIRST, tracks::incrementAndGet, viewer);
  }

  private static Slice slice(long id, long parent, int depth, long begin, long end) {
    return new Slice(id, parent, depth, begin, end, "s" + id, "t", "f", 1);
  }

  @Test
  void asyncSpansLieInsideTheirParentsOrSideBySide() {
    SliceTracks layout = async();
    layout.add(slice(1, 0, 0, 0, 100));
    layout.add(slice(2, 1, 1, 10, 50));
    layout.add(slice(3, 0, 0, 20, 30)); // inside 1 and 2 in time only
    layout.add(slice(4, 1, 1, 40, 60)); // its parent's track has 2
    layout.add(slice(5, 4, 2, 45, 70)); // outlives its parent
    layout.add(slice(6, 1, 1, 60, 90)); // 2 is over
    layout.add(slice(7, 0, 0, 100, 110));
    layout.finish();

    viewer.assertClosed();
    assertThat(viewer.shown)
        .containsOnly(
            Map.entry(0L, List.of("s1", "s1 > s2", "s1 > s6", "s7")),
            Map.entry(1L, List.of("s3", "s4")),
            Map.entry(2L, List.of("s5")));
  }

  @Test
  void threadsNestByDepthAlsoWhenTimesAreEqual() {
    SliceTracks layout = new ThreadTracks(FIRST, tracks::incrementAndGet, viewer);
    layout.add(slice(-1, 0, 0, 0, 100));
    layout.add(slice(1, -1, 1, 0, 10));
    layout.add(slice(2, 1, 2, 10, 10)); // at its parent's end
    layout.add(slice(3, -1, 1, 10, 10));
    layout.add(slice(4, 3, 2, 10, 10));
    layout.add(slice(5, -1, 1, 50, 40)); // ends before it begins
    layout.finish();

    viewer.assertClosed();
    assertThat(viewer.shown)
        .containsOnly(
            Map.entry(
                0L, List.of("s-1", "s-1 > s1", "s1 > s2", "s-1 > s3", "s3 > s4", "s-1 > s5")));
  }

  @Test
  void spansOfAThreadThatCrossOthersGetTracksOfTheirOwn() {
    SliceTracks layout = new ThreadTracks(FIRST, tracks::incrementAndGet, viewer);
    layout.add(slice(-1, 0, 0, 0, 20));
    layout.add(slice(1, -1, 1, 1, 19));
    layout.add(slice(-1, 0, 0, 15, 40)); // a chain that overlaps the one before it
    layout.add(slice(3, -1, 1, 16, 39));
    layout.add(slice(4, -1, 1, 41, 50));
    layout.finish();

    viewer.assertClosed();
    assertThat(viewer.ended).hasSize(5);
    assertThat(viewer.shown.get(FIRST)).containsExactly("s-1", "s-1 > s1", "s4");
    assertThat(viewer.shown.get(1L)).containsExactly("s-1", "s-1 > s3");
  }

  @Test
  void memoryIsBoundedByDepthAndTracks() {
    SliceTracks layout = async();
    int spans = AsyncTracks.MAX_LANES + 100;
    for (int i = 1; i <= spans; i++) {
      layout.add(slice(i, 0, 0, i, 10_000_000));
    }
    layout.finish();
    viewer.assertClosed();
    assertThat(viewer.ended).hasSize(spans);

    SliceTracks deep = new ThreadTracks(Long.MAX_VALUE, tracks::incrementAndGet, new Sum());
    for (int i = 0; i < OpenSlices.MAX_DEPTH + 100; i++) {
      deep.add(slice(i, i - 1, i, i, 20_000_000 - i));
    }
    deep.finish();
    assertThat(sum).isEqualTo(2 * (OpenSlices.MAX_DEPTH + 100));
  }

  private int sum;

  private final class Sum implements SliceTracks.Events {
    @Override
    public void begin(long track, Slice slice) {
      sum++;
    }

    @Override
    public void end(long track, Slice slice) {
      sum++;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void anySlicesNestOnEveryTrack(int seed) {
    Random random = new Random(seed);
    List<Slice> slices = new ArrayList<>();
    for (int i = 1; i <= 2_000; i++) {
      long begin = random.nextInt(3_000);
      long parent = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(2_000);
      slices.add(slice(i, parent, random.nextInt(6), begin, begin + random.nextInt(200) - 5));
    }
    slices.sort(Comparator.comparingLong(Slice::beginNanos).thenComparingInt(Slice::depth));
    SliceTracks layout =
        seed % 2 == 0 ? async() : new ThreadTracks(FIRST, tracks::incrementAndGet, viewer);
    slices.forEach(layout::add);
    layout.finish();

    viewer.assertClosed();
    assertThat(viewer.ended).containsExactlyInAnyOrderElementsOf(slices);
  }
}
