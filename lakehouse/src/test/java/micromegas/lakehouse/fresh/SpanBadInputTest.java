package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import micromegas.transit.SpanBlockWriter;
import micromegas.transit.SpanDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Threads whose events or blocks are not as they should be: every one has an answer, and what was
/// set right is listed.
class SpanBadInputTest {
  private static final Instant START = Instant.parse("2026-05-06T08:00:00Z");
  private static final Instant CLOSED = Instant.parse("2026-05-06T10:10:00Z");
  private static final Instant NOW = Instant.parse("2026-05-06T12:30:00Z");
  private static final SpanDescriptor RUN = SpanStream.span("run", 1);
  private static final SpanDescriptor STEP = SpanStream.span("step", 2);
  private static final SpanDescriptor PART = SpanStream.span("part", 3);
  private static final String REPAIRS =
      """
      SELECT view_set_name, stream_id, crossing_ends, cut_spans, stray_ends, moved_begins, left_out
      FROM list_span_repairs()
      """;

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

  private static long seconds(long seconds) {
    return SpanStream.seconds(seconds);
  }

  private void assertRepairs(String counts) {
    assertThat(live.query(REPAIRS)).containsExactly("thread_spans " + thread.id() + " " + counts);
  }

  @Test
  void unmatchedBeginsAndEndsReachToTheBorders() {
    writer.end(PART, seconds(2));
    writer.begin(RUN, seconds(3));
    writer.begin(STEP, seconds(4));
    thread.block(CLOSED, 0, 10);
    assertThat(thread.spans("thread_spans"))
        .containsExactly(
            "-1 0 0 main-7 0..10", "0 -1 1 part 0..2", "1 -1 1 run 3..10", "2 1 2 step 4..10");
    assertThat(live.query(REPAIRS)).isEmpty();
  }

  @Test
  void crossingSpansEndTogetherAndAreCounted() {
    writer.begin(RUN, seconds(1));
    writer.begin(STEP, seconds(2));
    writer.begin(PART, seconds(3));
    writer.end(RUN, seconds(4)); // ends step and part as well
    writer.begin(RUN, seconds(5));
    writer.end(STEP, seconds(6)); // of nothing that is open
    writer.end(RUN, seconds(7));
    thread.block(CLOSED, 0, 10);
    assertThat(thread.spans("thread_spans"))
        .containsExactly(
            "-1 0 0 main-7 0..10",
            "0 -1 1 run 1..4",
            "1 0 2 step 2..4",
            "2 1 3 part 3..4",
            "4 -1 1 run 5..7");
    assertRepairs("1 2 1 0 0");
    assertThat(live.query("SELECT \"begin\", \"end\", process_id FROM list_span_repairs()"))
        .hasSize(1)
        .allMatch(row -> row.endsWith(thread.processId().toString()));
  }

  @Test
  void repairsOfAnHourThatGrowsAreThoseOfItsLastReading() {
    Instant open = NOW.minusSeconds(60);
    writer.begin(RUN, seconds(1));
    writer.end(STEP, seconds(2));
    thread.block(open, 0, 10);
    assertThat(thread.spans("thread_spans")).hasSize(1);
    assertRepairs("0 0 1 0 0");
    writer.end(STEP, seconds(12));
    thread.block(open.plusSeconds(1), 10, 20);
    assertThat(thread.spans("thread_spans")).hasSize(1);
    assertRepairs("0 0 2 0 0");
    writer.end(RUN, seconds(18)); // the block that was late
    thread.block(open.minusSeconds(1), -10, 0);
    assertThat(thread.spans("thread_spans")).isNotEmpty();
    assertRepairs("0 0 2 0 0");
  }

  @Test
  void blocksThatArriveInAnotherOrderAreReadInTheirs() {
    writer.begin(RUN, seconds(1));
    thread.block(CLOSED.plusSeconds(2), 0, 10);
    writer.begin(STEP, seconds(11));
    thread.block(CLOSED.plusSeconds(1), 10, 20);
    writer.end(STEP, seconds(21));
    writer.end(RUN, seconds(22));
    thread.block(CLOSED, 20, 30);
    assertThat(thread.spans("thread_spans"))
        .containsExactly("-1 0 0 main-7 0..30", "0 -1 1 run 1..22", "1 0 2 step 11..21");
    assertThat(live.query(REPAIRS)).isEmpty();
  }

  @Test
  void overlappingBlocksShareAChain() {
    writer.begin(RUN, seconds(1));
    writer.begin(STEP, seconds(11));
    thread.block(CLOSED, 0, 12);
    writer.begin(PART, seconds(10)); // before the begin before it
    writer.end(PART, seconds(13));
    writer.end(STEP, seconds(14));
    writer.end(RUN, seconds(15));
    thread.block(CLOSED.plusSeconds(1), 9, 20);
    assertThat(thread.spans("thread_spans"))
        .containsExactly(
            "-1 0 0 main-7 0..20", "0 -1 1 run 1..15", "1 0 2 step 11..14", "2 1 3 part 11..13");
    assertRepairs("0 0 0 1 0");
  }

  @Test
  void blocksOfTheSameRangeAreReadAsTheyWereInserted() {
    writer.begin(RUN, seconds(1));
    thread.block(CLOSED, 0, 10);
    writer.end(RUN, seconds(9));
    thread.block(CLOSED.plusSeconds(1), 0, 10);
    assertThat(thread.spans("thread_spans"))
        .containsExactly("-1 0 0 main-7 0..10", "0 -1 1 run 1..9");
    assertThat(live.query(REPAIRS)).isEmpty();
  }

  @Test
  void eventsOutsideTheirBlocksRangeAreLeftOut() {
    writer.begin(RUN, seconds(1)); // before the chain
    writer.begin(STEP, seconds(6));
    writer.end(STEP, seconds(7));
    writer.begin(PART, seconds(21)); // after it
    thread.block(CLOSED, 5, 20);
    assertThat(thread.spans("thread_spans"))
        .containsExactly("-1 0 0 main-7 5..20", "1 -1 1 step 6..7");
  }

  @Test
  void equalTimesAndSpansOfNoLengthKeepTheirOrder() {
    for (int i = 0; i < 2; i++) {
      writer.begin(RUN, seconds(1));
      writer.begin(STEP, seconds(1));
      writer.begin(PART, seconds(1));
      writer.end(PART, seconds(1));
      writer.end(STEP, seconds(1));
      writer.end(RUN, seconds(1));
    }
    thread.block(CLOSED, 0, 10);
    assertThat(
            live.query(
                "SELECT id, parent, depth, name, duration FROM view_instance('thread_spans', '"
                    + thread.id()
                    + "')"))
        .containsExactly(
            "-1 0 0 main-7 10000000000",
            "0 -1 1 run 0",
            "1 0 2 step 0",
            "2 1 3 part 0",
            "6 -1 1 run 0",
            "7 6 2 step 0",
            "8 7 3 part 0");
    assertThat(
            live.query(
                "SELECT path, \"count\" FROM flame_graph('" + thread.id() + "') ORDER BY path"))
        .containsExactly("main-7 1", "main-7;run 2", "main-7;run;step 2", "main-7;run;step;part 2");
    assertThat(live.query(REPAIRS)).isEmpty();
  }

  @Test
  void anEndBeforeItsBeginHasANegativeDuration() {
    writer.begin(RUN, seconds(5));
    writer.end(RUN, seconds(4));
    thread.block(CLOSED, 0, 10);
    assertThat(thread.spans("thread_spans"))
        .containsExactly("-1 0 0 main-7 0..10", "0 -1 1 run 5..4");
    assertThat(
            live.query(
                "SELECT path, total, \"self\" FROM flame_graph('" + thread.id() + "') ORDER BY 1"))
        .containsExactly("main-7 10000000000 10000000000", "main-7;run 0 0");
  }

  @Test
  void tenThousandLevels() {
    int levels = 10_000;
    for (int i = 0; i < levels; i++) {
      writer.begin(RUN, 1 + i);
    }
    for (int i = 0; i < levels; i++) {
      writer.end(RUN, 20_000 + i);
    }
    thread.block(CLOSED, 0, 10);
    String view = "view_instance('thread_spans', '" + thread.id() + "')";
    assertThat(live.query("SELECT count(*), max(depth), min(duration), max(duration) FROM " + view))
        .containsExactly("10001 10000 10000 10000000000");
    assertThat(
            live.query(
                "SELECT count(*) FROM "
                    + view
                    + " AS s JOIN "
                    + view
                    + " AS p ON s.parent = p.id WHERE s.depth = p.depth + 1"))
        .containsExactly(levels + "");
    assertThat(live.query("SELECT max(depth) FROM flame_graph('" + thread.id() + "')"))
        .containsExactly("1023");
    assertThat(
            live.query(
                "SELECT sum(octet_length(chunk_data)) > 100000 FROM perfetto_trace_chunks('"
                    + thread.processId()
                    + "', 'thread', '2026-05-06T00:00:00Z', '2026-05-07T00:00:00Z')"))
        .isEqualTo(List.of("true"));
  }
}
