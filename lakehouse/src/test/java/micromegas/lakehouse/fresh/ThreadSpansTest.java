package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.common.NotFoundException;
import micromegas.common.TimeRange;
import micromegas.lakehouse.Lakehouse;
import micromegas.transit.SpanBlockWriter;
import micromegas.transit.SpanDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Spans of a thread through the engine: over blocks, hours, gaps and damage.
class ThreadSpansTest {
  private static final Instant START = Instant.parse("2026-05-06T08:00:00Z");
  private static final Instant CLOSED = Instant.parse("2026-05-06T10:10:00Z");
  private static final Instant NOW = Instant.parse("2026-05-06T12:30:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final SpanDescriptor RUN = SpanStream.span("run", 1);
  private static final SpanDescriptor STEP = SpanStream.span("step", 2);
  private static final SpanDescriptor PART = SpanStream.span("part", 3);

  @TempDir Path folder;
  private LiveLake live;
  private SpanStream thread;
  private SpanBlockWriter writer;

  @BeforeEach
  void open() {
    live = new LiveLake(folder, START, FreshSettings.DEFAULT);
    thread = new SpanStream(live);
    writer = thread.writer;
    live.clock.set(NOW);
  }

  @AfterEach
  void close() {
    live.close();
  }

  @Test
  void aSpanOverTwoBlocksIsOneRow() {
    writer.begin(RUN, SpanStream.seconds(1));
    writer.begin(STEP, SpanStream.seconds(2));
    thread.block(CLOSED, 0, 10);
    writer.end(STEP, SpanStream.seconds(12));
    writer.end(RUN, SpanStream.seconds(15));
    thread.block(CLOSED.plusSeconds(1), 10, 20);
    assertThat(thread.spans("thread_spans"))
        .containsExactly("-1 0 0 main-7 0..20", "0 -1 1 run 1..15", "1 0 2 step 2..12");
  }

  @Test
  void theOpenHourShowsSpansWholeAndFresh() {
    Instant now = NOW.minusSeconds(60);
    writer.begin(RUN, SpanStream.seconds(1));
    thread.block(now, 0, 10);
    assertThat(thread.spans("thread_spans")).containsExactly("0 0 0 run 1..10");
    writer.begin(STEP, SpanStream.seconds(11));
    thread.block(now.plusSeconds(1), 10, 20);
    assertThat(thread.spans("thread_spans"))
        .containsExactly("0 0 0 run 1..20", "1 0 1 step 11..20");
    writer.end(STEP, SpanStream.seconds(21));
    writer.end(RUN, SpanStream.seconds(22));
    thread.block(now.plusSeconds(2), 20, 30);
    assertThat(thread.spans("thread_spans"))
        .containsExactly("-1 0 0 main-7 0..30", "0 -1 1 run 1..22", "1 0 2 step 11..21");
    assertThat(live.partitions("thread_spans", thread.id().toString())).isEmpty();
  }

  /// Blocks in order, late ones, gaps and a damaged one: each query decodes what is new, and
  /// answers like a server that reads all of it at once.
  @Test
  void anOpenHourThatGrowsIsAnsweredAsAWhole() {
    Instant open = NOW.minusSeconds(600);
    long at = 0;
    for (int i = 0; i < 12; i++) {
      writer.end(RUN, SpanStream.seconds(at + 1)); // of the block before, if nothing is lost
      writer.begin(i % 2 == 0 ? RUN : STEP, SpanStream.seconds(at + 2));
      writer.begin(PART, SpanStream.seconds(at + 3));
      writer.end(PART, SpanStream.seconds(at + 4));
      if (i % 2 == 1) {
        writer.end(STEP, SpanStream.seconds(at + 5));
        writer.begin(RUN, SpanStream.seconds(at + 6));
      }
      if (i == 4) {
        thread.lost();
        thread.damagedBlock(open.plusSeconds(i), at, at + 10);
      } else {
        thread.block(open.plusSeconds(i == 8 ? -1 : i), at, at + 10);
      }
      at += i == 6 ? 15 : 10;
      if (i == 9) {
        at -= 60; // before much of what was read
      }
      List<String> spans = thread.spans("thread_spans");
      assertThat(thread.spans("thread_spans")).isEqualTo(spans);
      if (i % 4 == 3) {
        try (LiveLake fresh = live.peer(folder.resolve("peer" + i))) {
          assertThat(thread.spans(fresh, "thread_spans", TimeRange.ALL)).isEqualTo(spans);
        }
      }
    }
    assertThat(live.partitions("thread_spans", thread.id().toString())).isEmpty();
  }

  @Test
  void aBlockOfAnOpenHourCostsWhatItHolds() throws Exception {
    Instant open = NOW.minusSeconds(600);
    writer.begin(RUN, 0);
    int spans = 70_000;
    Random random = new Random(4);
    long time = 1;
    for (int i = 0; i < spans; i++) {
      writer.begin(STEP, time += random.nextInt(5_000));
      writer.end(STEP, time += random.nextInt(5_000));
    }
    thread.block(open, 0, 1);
    String count =
        "SELECT count(*), max(\"end\") FROM view_instance('thread_spans', '" + thread.id() + "')";
    assertThat(live.query(count).getFirst()).startsWith(1 + spans + " ");
    Map<String, Long> before = tailFiles();
    for (int i = 1; i <= 3; i++) {
      writer.begin(PART, SpanStream.seconds(i));
      writer.end(PART, SpanStream.seconds(i) + 1);
      thread.block(open.plusSeconds(i), i, i + 1);
      assertThat(live.query(count).getFirst()).startsWith(1 + spans + i + " ");
      Map<String, Long> now = tailFiles();
      assertThat(now).as("what was replaced is gone").hasSizeLessThanOrEqualTo(3);
      long kept = 0;
      long written = 0;
      for (Map.Entry<String, Long> file : now.entrySet()) {
        if (before.containsKey(file.getKey())) {
          kept += file.getValue();
        } else {
          written += file.getValue();
        }
      }
      assertThat(written).isLessThan(kept / 10).isPositive();
      before = now;
    }
  }

  /// Names and sizes.
  private Map<String, Long> tailFiles() throws IOException {
    Map<String, Long> files = new TreeMap<>();
    try (var paths = Files.list(Lakehouse.dataFolder(folder.resolve("work")).resolve("tail"))) {
      for (Path path : paths.toList()) {
        files.put(path.getFileName().toString(), Files.size(path));
      }
    }
    return files;
  }

  @Test
  void aSpanOverTwoHoursIsStitchedOnDemand() {
    writer.begin(RUN, SpanStream.seconds(1));
    writer.begin(STEP, SpanStream.seconds(2));
    writer.end(STEP, SpanStream.seconds(3));
    thread.block(CLOSED, 0, 10);
    writer.begin(PART, SpanStream.seconds(12));
    writer.end(PART, SpanStream.seconds(14));
    writer.end(RUN, SpanStream.seconds(15));
    thread.block(CLOSED.plus(HOUR), 10, 20);
    assertThat(thread.spans("thread_spans"))
        .as("cut as the reference does")
        .containsExactly(
            "0 0 0 run 1..10",
            "1 0 1 step 2..3",
            "-1 0 0 main-7 10..20",
            "5 -1 1 run 10..15",
            "3 5 2 part 12..14");
    assertThat(thread.spans("stitched_thread_spans"))
        .containsExactly(
            "-1 0 0 main-7 0..20", "0 -1 1 run 1..15", "1 0 2 step 2..3", "3 0 2 part 12..14");
    assertThat(live.partitions("thread_spans", thread.id().toString())).hasSize(2);
    assertThat(live.partitions("stitched_thread_spans", thread.id().toString())).isEmpty();
  }

  @Test
  void aMissingBlockIsStitchedOver() {
    writer.begin(RUN, SpanStream.seconds(1));
    thread.block(CLOSED, 0, 10);
    writer.begin(STEP, SpanStream.seconds(12));
    thread.lost();
    writer.begin(PART, SpanStream.seconds(22));
    writer.end(PART, SpanStream.seconds(23));
    writer.end(RUN, SpanStream.seconds(25));
    thread.block(CLOSED.plusSeconds(2), 20, 30);
    assertThat(thread.spans("thread_spans"))
        .containsExactly(
            "0 0 0 run 1..10", "-1 0 0 main-7 20..30", "4 -1 1 run 20..25", "2 4 2 part 22..23");
    assertThat(thread.spans("stitched_thread_spans"))
        .containsExactly("-1 0 0 main-7 0..30", "0 -1 1 run 1..25", "2 0 2 part 22..23");
  }

  @Test
  void aDamagedBlockIsRecordedAndHidesNoNeighbour() {
    writer.begin(RUN, SpanStream.seconds(1));
    thread.block(CLOSED, 0, 10);
    UUID bad = thread.damagedBlock(CLOSED.plusSeconds(1), 10, 20);
    writer.begin(STEP, SpanStream.seconds(21));
    writer.end(STEP, SpanStream.seconds(22));
    writer.end(RUN, SpanStream.seconds(25));
    thread.block(CLOSED.plusSeconds(2), 20, 30);
    for (int i = 0; i < 2; i++) {
      assertThat(thread.spans("thread_spans"))
          .containsExactly(
              "0 0 0 run 1..10", "-1 0 0 main-7 20..30", "6 -1 1 run 20..25", "4 6 2 step 21..22");
    }
    assertThat(thread.spans("stitched_thread_spans"))
        .containsExactly("-1 0 0 main-7 0..30", "0 -1 1 run 1..25", "4 0 2 step 21..22");
    assertThat(live.query("SELECT view_set_name, block_id FROM list_block_errors()"))
        .containsExactlyInAnyOrder("thread_spans " + bad, "stitched_thread_spans " + bad);
  }

  @Test
  void crossingEndsDoNotFailTheQuery() {
    writer.begin(RUN, SpanStream.seconds(1));
    writer.begin(STEP, SpanStream.seconds(2));
    writer.end(RUN, SpanStream.seconds(3));
    writer.end(STEP, SpanStream.seconds(4));
    thread.block(CLOSED, 0, 10);
    assertThat(thread.spans("thread_spans"))
        .containsExactly(
            "-1 0 0 main-7 0..10", "3 -1 1 step 0..4", "0 3 2 run 1..3", "1 0 3 step 2..3");
  }

  @Test
  void rangesKeepWhatTheyMeet() {
    for (int i = 0; i < 10; i++) {
      writer.begin(STEP, SpanStream.seconds(10 * i + 1));
      writer.end(STEP, SpanStream.seconds(10 * i + 5));
    }
    thread.block(CLOSED, 0, 100);
    TimeRange range = TimeRange.of(START.plusSeconds(33), START.plusSeconds(51));
    assertThat(thread.spans("thread_spans", range))
        .containsExactly(
            "-1 0 0 main-7 0..100",
            "6 -1 1 step 31..35",
            "8 -1 1 step 41..45",
            "10 -1 1 step 51..55");
  }

  /// The file has several row groups, which the engine reads side by side.
  @Test
  void rowsComeInTheOrderOfTheCallTree() {
    int spans = 400_000;
    int perBlock = 50_000;
    for (int from = 0; from < spans; from += perBlock) {
      for (int i = from; i < from + perBlock; i++) {
        writer.begin(i % 2 == 0 ? RUN : STEP, 1_000L * i);
        writer.begin(PART, 1_000L * i); // at the same time
        writer.end(PART, 1_000L * i + 10);
        writer.end(i % 2 == 0 ? RUN : STEP, 1_000L * i + 500);
      }
      thread.block(CLOSED.plusSeconds(from / perBlock), from / perBlock, from / perBlock + 1);
    }
    for (String viewSet : new String[] {"thread_spans", "stitched_thread_spans"}) {
      assertThat(
              live.query(
                  """
                  SELECT count(*), count(*) FILTER (id <= previous) FROM (
                    SELECT id, lag(id) OVER () AS previous
                    FROM view_instance('%s', '%s'))
                  """
                      .formatted(viewSet, thread.id())))
          .containsExactly(2 * spans + 1 + " 0");
    }
    assertThat(
            live.query(
                "SELECT path, \"count\", total FROM flame_graph('" + thread.id() + "') ORDER BY 1"))
        .containsExactly(
            "main-7 1 8000000000",
            "main-7;run 200000 100000000",
            "main-7;run;part 200000 2000000",
            "main-7;step 200000 100000000",
            "main-7;step;part 200000 2000000");
  }

  @Test
  void thereIsNoGlobalInstance() {
    assertThatThrownBy(() -> live.query("SELECT * FROM view_instance('thread_spans', 'global')"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("the global view is not implemented for thread spans");
  }

  @Test
  void flameGraphSumsUpByPath() {
    writer.begin(RUN, SpanStream.seconds(1));
    writer.begin(STEP, SpanStream.seconds(2));
    writer.begin(PART, SpanStream.seconds(3));
    writer.end(PART, SpanStream.seconds(5));
    writer.end(STEP, SpanStream.seconds(6));
    thread.block(CLOSED, 0, 10);
    writer.begin(STEP, SpanStream.seconds(12));
    writer.end(STEP, SpanStream.seconds(19));
    writer.begin(PART, SpanStream.seconds(20));
    writer.end(PART, SpanStream.seconds(20));
    writer.end(RUN, SpanStream.seconds(30));
    thread.block(CLOSED.plus(HOUR), 10, 40);
    String columns =
        "SELECT concat(path, ' ', name, ' ', depth, ' ', total // 1000000000, ' ',"
            + " \"self\" // 1000000000, ' ', \"count\", ' ', \"min\" // 1000000000, ' ',"
            + " \"max\" // 1000000000) FROM ";
    assertThat(live.query(columns + "flame_graph('" + thread.id() + "')"))
        .containsExactlyInAnyOrder(
            "main-7 main-7 0 40 11 1 40 40",
            "main-7;run run 1 29 18 1 29 29",
            "main-7;run;step step 2 11 9 2 4 7",
            "main-7;run;step;part part 3 2 2 1 2 2",
            "main-7;run;part part 2 0 0 1 0 0");
    String clipped =
        "flame_graph('%s', '2026-05-06T08:00:04Z', '2026-05-06T08:00:14Z')"
            .formatted(thread.processId());
    assertThat(live.query(columns + clipped))
        .as("only the time inside the range counts")
        .containsExactlyInAnyOrder(
            "main-7 main-7 0 10 0 1 10 10",
            "main-7;run run 1 10 6 1 10 10",
            "main-7;run;step step 2 4 3 2 2 2",
            "main-7;run;step;part part 3 1 1 1 1 1");
    assertThatThrownBy(() -> live.query("SELECT * FROM flame_graph('x')"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("flame_graph");
    assertThatThrownBy(() -> live.query("SELECT * FROM flame_graph('" + UUID.randomUUID() + "')"))
        .isInstanceOf(NotFoundException.class);
  }
}
