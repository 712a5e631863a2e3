package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import micromegas.common.MicromegasException;
import micromegas.common.TimeRange;
import micromegas.lakehouse.Lakehouse;
import micromegas.lakehouse.fresh.LiveLake.Source;
import micromegas.lakehouse.maintenance.Pass;
import micromegas.lakehouse.maintenance.ProgressListener;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.view.View;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever happens in whatever order, every row is in every answer exactly once.
class ExactlyOnceTest {
  private static final Instant START = Instant.parse("2026-05-06T12:30:00Z");
  private static final int STEPS = 60;

  @TempDir Path folder;

  private record Block(Source source, Instant inserted, Instant begin, int events) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyRowIsAnsweredExactlyOnce(long seed) {
    Random random = new Random(seed);
    FreshSettings settings =
        new FreshSettings(
            Duration.ofSeconds(10),
            Duration.ofMinutes(10),
            seed == 1 ? 1_000_000 : 40,
            Duration.ofMinutes(1),
            2,
            8);
    try (LiveLake live = new LiveLake(folder, START, settings)) {
      List<Source> sources = List.of(live.newSource(), live.newSource());
      TreeMap<UUID, Block> blocks = new TreeMap<>();
      for (int step = 0; step < STEPS; step++) {
        Instant now = live.clock.instant();
        switch (random.nextInt(8)) {
          case 0, 1 -> insert(live, random, sources.get(random.nextInt(2)), now, blocks);
          case 2 -> live.clock.set(now.plusSeconds(random.nextInt(1500)));
          case 3 -> materialize(live, random, now);
          case 4 -> maintain(live, random, now);
          case 5 -> interrupted(live, random, now);
          default -> check(live, random, sources.get(random.nextInt(2)), blocks);
        }
      }
      live.start(1);
      for (Source source : sources) {
        check(live, random, source, blocks);
      }
    }
  }

  /// Most blocks come in order; some are committed seconds or minutes after their insert time.
  private static void insert(
      LiveLake live, Random random, Source source, Instant now, TreeMap<UUID, Block> blocks) {
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      int events = 1 + random.nextInt(30);
      int late = random.nextInt(5) == 0 ? random.nextInt(500) : 0;
      Instant inserted = now.minusSeconds(late).minusMillis(random.nextInt(3));
      Instant begin = inserted.minusSeconds(random.nextInt(120));
      UUID id = live.insertBlock(source, inserted, begin, events, "fine");
      blocks.put(id, new Block(source, inserted, begin, events));
    }
  }

  /// What a maintenance daemon does, here or elsewhere: a slice of some view, minute or hour.
  private static void materialize(LiveLake live, Random random, Instant now) {
    List<View> views =
        live.lakehouse().views().globalViews().stream()
            .filter(view -> !view.id().viewSet().equals("measures"))
            .toList();
    View view = views.get(random.nextInt(views.size()));
    Duration unit = random.nextBoolean() ? Duration.ofMinutes(1) : Duration.ofHours(1);
    InsertSlice slice =
        BuildTargets.aligned(now.minus(unit.multipliedBy(1 + random.nextInt(2))), unit);
    boolean reachesOut =
        live.lake.partitions().listAll().stream()
            .filter(p -> p.viewSet().equals(view.id().viewSet()))
            .filter(p -> p.instanceId().equals(view.id().instanceId()))
            .filter(p -> BuildTargets.overlaps(slice, p))
            .anyMatch(p -> !slice.contains(p.beginInsertTime(), p.endInsertTime()));
    if (!reachesOut) {
      live.lakehouse().builder().build(view, slice);
    }
  }

  /// A pass of the maintenance daemon over the last two minutes or hours, which merges what is
  /// there in smaller pieces.
  private static void maintain(LiveLake live, Random random, Instant now) {
    pass(live.lakehouse(), random, now);
  }

  /// The same on another server, to which something happens in the middle.
  private static void interrupted(LiveLake live, Random random, Instant now) {
    MortalProcess.Ending[] endings = MortalProcess.Ending.values();
    MortalProcess mortal =
        new MortalProcess(
            live.lake, live.clock, 1 + random.nextInt(25), endings[random.nextInt(endings.length)]);
    try (Lakehouse lakehouse = live.other(mortal.lake())) {
      pass(lakehouse, random, now);
    } catch (MicromegasException e) {
      assertThat(mortal.met()).as("%s", e).isTrue();
    }
  }

  private static void pass(Lakehouse lakehouse, Random random, Instant now) {
    Duration unit = random.nextBoolean() ? Duration.ofMinutes(1) : Duration.ofHours(1);
    InsertSlice last = BuildTargets.aligned(now.minus(unit), unit);
    lakehouse
        .materializer()
        .materializeAll(
            new Pass(new InsertSlice(last.begin().minus(unit), last.end()), unit, false),
            ProgressListener.NONE);
  }

  private static void check(
      LiveLake live, Random random, Source source, TreeMap<UUID, Block> blocks) {
    String process = source.processId().toString();
    TimeRange range = range(live, random);
    List<String> all = new ArrayList<>();
    List<String> own = new ArrayList<>();
    long total = 0;
    blocks.forEach((id, block) -> {
      for (int i = 0; i < block.events(); i++) {
        if (range.overlaps(nanos(block, i), nanos(block, i))) {
          all.add(id + "/" + i);
          if (block.source().equals(source)) {
            own.add(id + "/" + i);
          }
        }
      }
    });
    for (Block block : blocks.values()) {
      total += block.events();
    }
    assertThat(live.query("SELECT msg FROM log_entries", range))
        .containsExactlyInAnyOrderElementsOf(all);
    assertThat(
            live.query("SELECT msg FROM log_entries WHERE process_id = '" + process + "'", range))
        .containsExactlyInAnyOrderElementsOf(own);
    assertThat(live.query("SELECT msg FROM view_instance('log_entries', '" + process + "')", range))
        .containsExactlyInAnyOrderElementsOf(own);
    assertThat(live.query("SELECT block_id FROM blocks"))
        .containsExactlyInAnyOrderElementsOf(blocks.keySet().stream().map(UUID::toString).toList());
    assertThat(live.query("SELECT coalesce(sum(count), 0) FROM log_stats"))
        .containsExactly(Long.toString(total));
  }

  private static TimeRange range(LiveLake live, Random random) {
    if (random.nextInt(3) > 0) {
      return TimeRange.ALL;
    }
    Instant begin = live.clock.instant().minusSeconds(random.nextInt(4000));
    return TimeRange.of(begin, begin.plusSeconds(random.nextInt(1000)));
  }

  private static long nanos(Block block, int event) {
    return micromegas.common.Nanos.fromInstant(block.begin().plusMillis(event));
  }
}
