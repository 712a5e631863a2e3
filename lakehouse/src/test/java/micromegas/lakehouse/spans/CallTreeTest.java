package micromegas.lakehouse.spans;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import micromegas.lakehouse.blocks.CallSiteTable;
import micromegas.lakehouse.blocks.SpanEvents;
import micromegas.lakehouse.chains.ChainRepairs;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.view.ThreadSpansViewMaker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random event streams, compared with the plain form of the algorithm.
class CallTreeTest {
  private static final ReferenceTree.Site ROOT =
      new ReferenceTree.Site("main-7", "", "", 0, 0x5ee5);

  @TempDir Path folder;

  /// An event of a stream; `site` is an index into the sites of the run.
  private record Event(boolean end, int site, long time) {}

  private record Block(long firstId, List<Event> events) {}

  /// What a stream is like: percentages, except for the number of sites.
  private record Kind(
      int sites, int begins, int wrongEnds, int backwards, int rootLike, int outside) {}

  private static final Kind NESTED = new Kind(6, 50, 0, 0, 0, 0);
  private static final Kind UNMATCHED = new Kind(6, 40, 0, 0, 0, 10);
  private static final Kind ROOT_LIKE = new Kind(4, 45, 0, 0, 25, 0);
  private static final Kind CROSSING = new Kind(5, 50, 20, 0, 5, 5);
  private static final Kind HOSTILE = new Kind(3, 48, 30, 15, 20, 15);

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 100_000})
  void rowsAreThoseOfThePlainAlgorithm(int memoryRows) {
    int compared = 0;
    for (Kind kind : List.of(NESTED, UNMATCHED, ROOT_LIKE, CROSSING, HOSTILE)) {
      for (int seed = 0; seed < 60; seed++) {
        Random random = new Random(seed);
        compared += compare(random, kind, new SpanLimits(memoryRows, 1000), seed % 97);
      }
    }
    assertThat(compared).isGreaterThan(5_000);
  }

  @Test
  void nestedStreamsNeverNeedRepairs() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      List<Block> blocks = blocks(random, NESTED, 400);
      assertThat(plain(blocks, sites(NESTED), -1, Long.MAX_VALUE).failed()).isFalse();
    }
  }

  @Test
  void tenThousandLevels() throws Exception {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      events.add(new Event(false, i % 6, i));
    }
    for (int i = 10_000; i-- > 0; ) {
      events.add(new Event(true, i % 6, 20_000 - i));
    }
    check(List.of(new Block(0, events)), NESTED, 0, 30_000, new SpanLimits(1024, 1 << 20), 1000);
    assertNoFiles();
  }

  @Test
  void onlyEnds() throws Exception {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      events.add(new Event(true, i % 6, i));
    }
    check(List.of(new Block(5, events)), NESTED, 0, 30_000, new SpanLimits(1024, 10), 1000);
    assertNoFiles();
  }

  @Test
  void onlyBegins() throws Exception {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      events.add(new Event(false, i % 6, i));
    }
    check(List.of(new Block(5, events)), NESTED, 0, 30_000, new SpanLimits(1024, 1 << 20), 1000);
    assertNoFiles();
  }

  @Test
  void spansInsideTooManyOthersAreLeftOutAndCounted() throws Exception {
    SpanEvents events = new SpanEvents();
    int[] sites = add(events, sites(NESTED));
    for (int i = 0; i < 20; i++) {
      events.begin(sites[i % 6], i);
    }
    for (int i = 20; i-- > 0; ) {
      events.end(sites[i % 6], 100 - i);
    }
    try (CallTree tree = new CallTree(folder, new SpanLimits(100, 5))) {
      tree.start("t".getBytes(StandardCharsets.UTF_8), 1, 0, 100, 0);
      tree.add(events, 0);
      tree.finish(100);
      assertThat(tree.repairs().leftOut()).isEqualTo(15);
      List<SpanRow> rows = drain(tree, 1000);
      assertThat(rows).extracting(SpanRow::depth).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(rows).extracting(SpanRow::end).containsExactly(100L, 100L, 99L, 98L, 97L, 96L);
    }
  }

  @Test
  void repairsAreCounted() throws Exception {
    SpanEvents events = new SpanEvents();
    int[] sites = add(events, sites(NESTED));
    events.begin(sites[0], 10);
    events.begin(sites[1], 20);
    events.begin(sites[2], 15);
    events.end(sites[0], 30); // closes 2 and 1
    events.begin(sites[3], 40);
    events.end(sites[4], 50); // of nothing that is open
    events.end(sites[3], 60);
    try (CallTree tree = new CallTree(folder, SpanLimits.DEFAULT)) {
      tree.start("t".getBytes(StandardCharsets.UTF_8), 1, 0, 100, 0);
      tree.add(events, 0);
      tree.finish(100);
      ChainRepairs repairs = tree.repairs();
      assertThat(repairs.crossingEnds()).isEqualTo(1);
      assertThat(repairs.cutSpans()).isEqualTo(2);
      assertThat(repairs.strayEnds()).isEqualTo(1);
      assertThat(repairs.movedBegins()).isEqualTo(1);
      assertThat(repairs.isEmpty()).isFalse();
      assertThat(drain(tree, 1000))
          .extracting(r -> r.depth() + " " + r.name() + " " + r.begin() + ".." + r.end())
          .containsExactly(
              "0 t 0..100", "1 s0 10..30", "2 s1 20..30", "3 s2 20..30", "1 s3 40..60");
    }
  }

  @Test
  void longNamesDoNotStayInMemory() throws Exception {
    int spans = 40;
    int bytes = 1 << 20;
    try (CallTree tree = new CallTree(folder, new SpanLimits(4, 10))) {
      tree.start("t".getBytes(StandardCharsets.UTF_8), 1, 0, 1000, 0);
      for (int i = 0; i < spans; i++) {
        SpanEvents events = new SpanEvents();
        byte[] name = new byte[bytes];
        java.util.Arrays.fill(name, (byte) ('a' + i % 26));
        CallSiteTable table = events.sites();
        int empty = table.text(new byte[0], 0, 0);
        int site = table.add(100 + i, 1, table.text(name, 0, name.length), empty, empty);
        events.begin(site, 10 * i);
        events.end(site, 10 * i + 5);
        tree.add(events, 2 * i);
      }
      tree.finish(1000);
      CallTreeRows rows = new CallTreeRows(tree);
      rows.start();
      ColumnBatch batch = new ColumnBatch(SCHEMA);
      int seen = 0;
      long most = 0;
      boolean more = true;
      while (more) {
        more = rows.drain(batch, 1000);
        seen += batch.rows();
        most = Math.max(most, batch.bytes());
        batch.clear();
      }
      assertThat(seen).isEqualTo(1 + spans);
      assertThat(most).as("a chunk at a time").isLessThan(4L * bytes);
    }
    assertNoFiles();
  }

  private static final org.apache.arrow.vector.types.pojo.Schema SCHEMA =
      new ThreadSpansViewMaker(new ThreadSpansProcessor(SpanLimits.DEFAULT)).schema().arrow();

  private int compare(Random random, Kind kind, SpanLimits limits, int drainRows) {
    List<Block> blocks = blocks(random, kind, 1 + random.nextInt(400));
    long last = 1;
    for (Block block : blocks) {
      for (Event event : block.events()) {
        last = Math.max(last, event.time());
      }
    }
    long cut = kind.outside() > 0 ? random.nextInt(100) < 50 ? last / 5 : 0 : 0;
    return check(blocks, kind, cut, last - cut, limits, 1 + drainRows);
  }

  private int check(
      List<Block> blocks, Kind kind, long begin, long end, SpanLimits limits, int drainRows) {
    List<ReferenceTree.Site> sites = sites(kind);
    ReferenceTree plain = plain(blocks, sites, begin, end);
    List<SpanRow> expected = plain.finish(end);
    try (CallTree tree = new CallTree(folder, limits)) {
      tree.start("other".getBytes(StandardCharsets.UTF_8), 1, 0, 1, 0); // an earlier chain
      tree.start(
          ROOT.name().getBytes(StandardCharsets.UTF_8), ROOT.hash(), begin, end, Long.MIN_VALUE);
      for (Block block : blocks) {
        SpanEvents events = new SpanEvents();
        int[] own = add(events, sites);
        for (Event event : block.events()) {
          if (event.site() < 0) {
            events.skip();
          } else if (event.end()) {
            events.end(own[event.site()], event.time());
          } else {
            events.begin(own[event.site()], event.time());
          }
        }
        tree.add(events, block.firstId());
      }
      tree.finish(end);
      assertThat(tree.repairs().isEmpty()).isEqualTo(!plain.failed());
      List<SpanRow> found = drain(tree, drainRows);
      for (int i = 0; i < Math.min(found.size(), expected.size()); i++) {
        assertThat(found.get(i)).as("row %d", i).isEqualTo(expected.get(i));
      }
      assertThat(found).hasSameSizeAs(expected);
    }
    return expected.size();
  }

  private static ReferenceTree plain(
      List<Block> blocks, List<ReferenceTree.Site> sites, long begin, long end) {
    ReferenceTree tree = new ReferenceTree(ROOT, begin, end);
    for (Block block : blocks) {
      long id = block.firstId();
      boolean more = true;
      for (Event event : block.events()) {
        if (more && event.site() >= 0) {
          ReferenceTree.Site site = sites.get(event.site());
          more =
              event.end() ? tree.end(id, site, event.time()) : tree.begin(id, site, event.time());
        }
        id++;
      }
    }
    return tree;
  }

  /// Batches of any size, some of which are flushed in between.
  private static List<SpanRow> drain(CallTree tree, int rows) {
    CallTreeRows source = new CallTreeRows(tree);
    List<SpanRow> found = new ArrayList<>();
    for (int repeat = 0; repeat < 2; repeat++) { // a tree can be read again
      found.clear();
      source.start();
      ColumnBatch batch = new ColumnBatch(SCHEMA);
      boolean more = true;
      while (more) {
        more = source.drain(batch, rows);
        assertThat(batch.rows()).isLessThanOrEqualTo(rows);
        if (batch.rows() == rows || !more) {
          found.addAll(SpanRow.of(batch));
          batch.clear();
        }
      }
    }
    return found;
  }

  private static List<ReferenceTree.Site> sites(Kind kind) {
    List<ReferenceTree.Site> sites = new ArrayList<>();
    for (int i = 0; i < kind.sites(); i++) {
      sites.add(new ReferenceTree.Site("s" + i, "t" + i % 2, "f" + i % 3, i, i * 7919));
    }
    sites.add(ROOT);
    return sites;
  }

  private static int[] add(SpanEvents events, List<ReferenceTree.Site> sites) {
    int[] own = new int[sites.size()];
    CallSiteTable table = events.sites();
    for (int i = sites.size(); i-- > 0; ) {
      ReferenceTree.Site site = sites.get(i);
      own[i] =
          table.add(
              site.hash(),
              site.line(),
              text(table, site.name()),
              text(table, site.target()),
              text(table, site.filename()));
    }
    return own;
  }

  private static int text(CallSiteTable table, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return table.text(bytes, 0, bytes.length);
  }

  private static List<Block> blocks(Random random, Kind kind, int count) {
    List<Block> blocks = new ArrayList<>();
    List<Event> events = new ArrayList<>();
    List<Integer> open = new ArrayList<>();
    long time = 0;
    long id = random.nextInt(1000);
    for (int i = 0; i < count; i++) {
      time += random.nextInt(4); // often the same time
      if (chance(random, kind.backwards())) {
        time = Math.max(0, time - random.nextInt(20));
      }
      int site = chance(random, kind.rootLike()) ? kind.sites() : random.nextInt(kind.sites());
      if (chance(random, 5)) {
        events.add(new Event(false, -1, time));
      } else if (chance(random, kind.begins())) {
        events.add(new Event(false, site, time));
        open.add(site);
      } else if (chance(random, kind.wrongEnds())) {
        events.add(new Event(true, site, time));
      } else if (!open.isEmpty()) {
        events.add(new Event(true, open.removeLast(), time));
      } else if (kind != NESTED) {
        events.add(new Event(true, site, time));
      }
      if (chance(random, 3)) {
        blocks.add(new Block(id, events));
        id += events.size() + (chance(random, 10) ? 1000 : 0);
        events = new ArrayList<>();
      }
    }
    blocks.add(new Block(id, events));
    return blocks;
  }

  private static boolean chance(Random random, int percent) {
    return random.nextInt(100) < percent;
  }

  private void assertNoFiles() throws Exception {
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }
}
