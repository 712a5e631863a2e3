package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.common.NotFoundException;
import micromegas.common.TimeRange;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lakehouse.fresh.LiveLake.Source;
import micromegas.transit.BlockInfo;
import micromegas.transit.ClientTypes;
import micromegas.transit.SpanBlockWriter;
import micromegas.transit.SpanDescriptor;
import micromegas.transit.StreamInfo;
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
  private static final SpanDescriptor RUN = span("run", 1);
  private static final SpanDescriptor STEP = span("step", 2);
  private static final SpanDescriptor PART = span("part", 3);

  @TempDir Path folder;
  private final SpanBlockWriter writer = new SpanBlockWriter();
  private final List<Integer> sizes = new ArrayList<>();
  private LiveLake live;
  private Source source;

  @BeforeEach
  void open() {
    live = new LiveLake(folder, START, FreshSettings.DEFAULT);
    source = Source.random();
    live.insertProcess(source);
    live.lake
        .metadata()
        .insertStream(
            new StoredStream(
                new StreamInfo(
                    source.processId(),
                    source.streamId(),
                    ClientTypes.spanDependencies(),
                    ClientTypes.spanObjects(),
                    List.of("cpu"),
                    Map.of("thread-name", "main", "thread-id", "7"),
                    StreamInfo.TRANSIT_FORMAT),
                START));
    live.clock.set(NOW);
  }

  @AfterEach
  void close() {
    live.close();
  }

  @Test
  void aSpanOverTwoBlocksIsOneRow() {
    writer.begin(RUN, seconds(1));
    writer.begin(STEP, seconds(2));
    block(CLOSED, 0, 10);
    writer.end(STEP, seconds(12));
    writer.end(RUN, seconds(15));
    block(CLOSED.plusSeconds(1), 10, 20);
    assertThat(spans("thread_spans"))
        .containsExactly("-1 0 0 main-7 0..20", "0 -1 1 run 1..15", "1 0 2 step 2..12");
  }

  @Test
  void theOpenHourShowsSpansWholeAndFresh() {
    Instant now = NOW.minusSeconds(60);
    writer.begin(RUN, seconds(1));
    block(now, 0, 10);
    assertThat(spans("thread_spans")).containsExactly("0 0 0 run 1..10");
    writer.begin(STEP, seconds(11));
    block(now.plusSeconds(1), 10, 20);
    assertThat(spans("thread_spans")).containsExactly("0 0 0 run 1..20", "1 0 1 step 11..20");
    writer.end(STEP, seconds(21));
    writer.end(RUN, seconds(22));
    block(now.plusSeconds(2), 20, 30);
    assertThat(spans("thread_spans"))
        .containsExactly("-1 0 0 main-7 0..30", "0 -1 1 run 1..22", "1 0 2 step 11..21");
    assertThat(live.partitions("thread_spans", source.streamId().toString())).isEmpty();
  }

  @Test
  void aSpanOverTwoHoursIsStitchedOnDemand() {
    writer.begin(RUN, seconds(1));
    writer.begin(STEP, seconds(2));
    writer.end(STEP, seconds(3));
    block(CLOSED, 0, 10);
    writer.begin(PART, seconds(12));
    writer.end(PART, seconds(14));
    writer.end(RUN, seconds(15));
    block(CLOSED.plus(HOUR), 10, 20);
    assertThat(spans("thread_spans"))
        .as("cut as the reference does")
        .containsExactly(
            "0 0 0 run 1..10",
            "1 0 1 step 2..3",
            "-1 0 0 main-7 10..20",
            "5 -1 1 run 10..15",
            "3 5 2 part 12..14");
    assertThat(spans("stitched_thread_spans"))
        .containsExactly(
            "-1 0 0 main-7 0..20", "0 -1 1 run 1..15", "1 0 2 step 2..3", "3 0 2 part 12..14");
    assertThat(live.partitions("thread_spans", source.streamId().toString())).hasSize(2);
    assertThat(live.partitions("stitched_thread_spans", source.streamId().toString())).isEmpty();
  }

  @Test
  void aMissingBlockIsStitchedOver() {
    writer.begin(RUN, seconds(1));
    block(CLOSED, 0, 10);
    writer.begin(STEP, seconds(12));
    lost();
    writer.begin(PART, seconds(22));
    writer.end(PART, seconds(23));
    writer.end(RUN, seconds(25));
    block(CLOSED.plusSeconds(2), 20, 30);
    assertThat(spans("thread_spans"))
        .containsExactly(
            "0 0 0 run 1..10", "-1 0 0 main-7 20..30", "4 -1 1 run 20..25", "2 4 2 part 22..23");
    assertThat(spans("stitched_thread_spans"))
        .containsExactly("-1 0 0 main-7 0..30", "0 -1 1 run 1..25", "2 0 2 part 22..23");
  }

  @Test
  void aDamagedBlockIsRecordedAndHidesNoNeighbour() {
    writer.begin(RUN, seconds(1));
    block(CLOSED, 0, 10);
    UUID bad = damagedBlock(CLOSED.plusSeconds(1), 10, 20);
    writer.begin(STEP, seconds(21));
    writer.end(STEP, seconds(22));
    writer.end(RUN, seconds(25));
    block(CLOSED.plusSeconds(2), 20, 30);
    for (int i = 0; i < 2; i++) {
      assertThat(spans("thread_spans"))
          .containsExactly(
              "0 0 0 run 1..10", "-1 0 0 main-7 20..30", "6 -1 1 run 20..25", "4 6 2 step 21..22");
    }
    assertThat(spans("stitched_thread_spans"))
        .containsExactly("-1 0 0 main-7 0..30", "0 -1 1 run 1..25", "4 0 2 step 21..22");
    assertThat(live.query("SELECT view_set_name, block_id FROM list_block_errors()"))
        .containsExactlyInAnyOrder("thread_spans " + bad, "stitched_thread_spans " + bad);
  }

  @Test
  void crossingEndsDoNotFailTheQuery() {
    writer.begin(RUN, seconds(1));
    writer.begin(STEP, seconds(2));
    writer.end(RUN, seconds(3));
    writer.end(STEP, seconds(4));
    block(CLOSED, 0, 10);
    assertThat(spans("thread_spans"))
        .containsExactly(
            "-1 0 0 main-7 0..10", "3 -1 1 step 0..4", "0 3 2 run 1..3", "1 0 3 step 2..3");
  }

  @Test
  void rangesKeepWhatTheyMeet() {
    for (int i = 0; i < 10; i++) {
      writer.begin(STEP, seconds(10 * i + 1));
      writer.end(STEP, seconds(10 * i + 5));
    }
    block(CLOSED, 0, 100);
    TimeRange range = TimeRange.of(START.plusSeconds(33), START.plusSeconds(51));
    assertThat(spans("thread_spans", range))
        .containsExactly(
            "-1 0 0 main-7 0..100",
            "6 -1 1 step 31..35",
            "8 -1 1 step 41..45",
            "10 -1 1 step 51..55");
  }

  @Test
  void thereIsNoGlobalInstance() {
    assertThatThrownBy(() -> live.query("SELECT * FROM view_instance('thread_spans', 'global')"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("the global view is not implemented for thread spans");
  }

  @Test
  void flameGraphSumsUpByPath() {
    writer.begin(RUN, seconds(1));
    writer.begin(STEP, seconds(2));
    writer.begin(PART, seconds(3));
    writer.end(PART, seconds(5));
    writer.end(STEP, seconds(6));
    block(CLOSED, 0, 10);
    writer.begin(STEP, seconds(12));
    writer.end(STEP, seconds(19));
    writer.begin(PART, seconds(20));
    writer.end(PART, seconds(20));
    writer.end(RUN, seconds(30));
    block(CLOSED.plus(HOUR), 10, 40);
    String columns =
        "SELECT concat(path, ' ', name, ' ', depth, ' ', total // 1000000000, ' ',"
            + " \"self\" // 1000000000, ' ', \"count\", ' ', \"min\" // 1000000000, ' ',"
            + " \"max\" // 1000000000) FROM ";
    assertThat(live.query(columns + "flame_graph('" + source.streamId() + "')"))
        .containsExactlyInAnyOrder(
            "main-7 main-7 0 40 11 1 40 40",
            "main-7;run run 1 29 18 1 29 29",
            "main-7;run;step step 2 11 9 2 4 7",
            "main-7;run;step;part part 3 2 2 1 2 2",
            "main-7;run;part part 2 0 0 1 0 0");
    String clipped =
        "flame_graph('%s', '2026-05-06T08:00:04Z', '2026-05-06T08:00:14Z')"
            .formatted(source.processId());
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

  private static SpanDescriptor span(String name, int line) {
    return new SpanDescriptor(name, "app", "app", "main.rs", line, 2);
  }

  /// The clock of the process ticks in nanoseconds from [#START] on.
  private static long seconds(long seconds) {
    return seconds * 1_000_000_000;
  }

  /// Stores what was written as a block.
  private UUID block(Instant inserted, long beginSeconds, long endSeconds) {
    int events = writer.events();
    return store(inserted, beginSeconds, endSeconds, events, PayloadCodec.encode(writer.finish()));
  }

  /// Forgets what was written, as if its block had never arrived.
  private void lost() {
    sizes.add(writer.events());
    writer.finish();
  }

  private UUID damagedBlock(Instant inserted, long beginSeconds, long endSeconds) {
    return store(inserted, beginSeconds, endSeconds, 3, new byte[] {1, 2, 3});
  }

  private UUID store(
      Instant inserted, long beginSeconds, long endSeconds, int events, byte[] payload) {
    BlockInfo info =
        new BlockInfo(
            UUID.randomUUID(),
            source.streamId(),
            source.processId(),
            START.plusSeconds(beginSeconds),
            seconds(beginSeconds),
            START.plusSeconds(endSeconds),
            seconds(endSeconds),
            sizes.stream().mapToInt(Integer::intValue).sum(),
            events);
    sizes.add(events);
    StoredBlock block = new StoredBlock(info, payload.length, inserted);
    live.lake.objects().putIfAbsent(block.objectKey(), payload);
    live.lake.metadata().insertBlock(block);
    return info.blockId();
  }

  private List<String> spans(String viewSet) {
    return spans(viewSet, TimeRange.ALL);
  }

  /// `id parent depth name begin..end`, in seconds since the process began.
  private List<String> spans(String viewSet, TimeRange range) {
    long start = START.getEpochSecond();
    return live.query(
        """
        SELECT concat(id, ' ', parent, ' ', depth, ' ', name, ' ',
                      CAST("begin" AS BIGINT) // 1000000000 - %d, '..',
                      CAST("end" AS BIGINT) // 1000000000 - %d)
        FROM view_instance('%s', '%s') ORDER BY "begin", depth
        """
            .formatted(start, start, viewSet, source.streamId()),
        range);
  }
}
