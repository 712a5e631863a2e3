package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import micromegas.common.TimeRange;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.fresh.LiveLake.Source;
import micromegas.lakehouse.maintenance.Pass;
import micromegas.lakehouse.maintenance.ProgressListener;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.view.View;
import micromegas.transit.SpanDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two servers on one lake, each with its own connections, engine and folder.
@Timeout(120)
class SharedLakeTest {
  private static final Instant HOUR = Instant.parse("2026-05-06T12:00:00Z");
  private static final Duration ONE_HOUR = Duration.ofHours(1);

  @TempDir Path folder;

  private LiveLake first;
  private LiveLake second;
  private Source source;

  @BeforeEach
  void open() {
    first = new LiveLake(folder.resolve("first"), HOUR.plusSeconds(300), FreshSettings.DEFAULT);
    second = first.peer(folder.resolve("second"));
    source = first.newSource();
  }

  @AfterEach
  void close() {
    second.close();
    first.close();
  }

  /// While both servers answer queries, one of them takes blocks and the other merges: every answer
  /// has all events of all blocks that were acknowledged before it was asked for, no event twice,
  /// and of a block that came later all or nothing.
  @Test
  void queriesRaceWithInsertsAndMerges() throws Exception {
    int blocks = 120;
    int events = 5;
    ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
    CountDownLatch over = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (LiveLake server : List.of(first, second)) {
        running.add(
            threads.submit(() -> {
              int asked = 0;
              while (over.getCount() > 0 || asked == 0) {
                wholeAnswers(server, acknowledged, events);
                asked++;
              }
            }));
      }
      running.add(
          threads.submit(() -> {
            int passes = 0;
            while (over.getCount() > 0 || passes == 0) {
              merge(second, passes % 2 == 0 ? Duration.ofMinutes(1) : ONE_HOUR);
              passes++;
            }
          }));
      for (int i = 0; i < blocks; i++) {
        // The open hour, and one that is closed but still takes late blocks.
        Instant inserted = HOUR.plusSeconds(i % 2 == 0 ? 200 : -200).plusMillis(i);
        acknowledged.add(first.insertBlock(source, inserted, events).toString());
      }
      over.countDown();
      for (Future<?> each : running) {
        each.get(100, TimeUnit.SECONDS);
      }
    }
    assertThat(acknowledged).hasSize(blocks);
    for (LiveLake server : List.of(first, second)) {
      wholeAnswers(server, acknowledged, events);
      assertThat(server.count("SELECT sum(count) FROM log_stats")).isEqualTo(blocks * events);
      assertThat(server.count("SELECT count(*) FROM blocks")).isEqualTo(blocks);
    }
  }

  private void wholeAnswers(
      LiveLake server, ConcurrentLinkedQueue<String> acknowledged, int events) {
    for (String table :
        List.of("log_entries", "view_instance('log_entries', '" + source.processId() + "')")) {
      Set<String> before = new HashSet<>(acknowledged);
      List<String> rows =
          server.query(
              "SELECT block_id, count(*), count(DISTINCT msg) FROM " + table + " GROUP BY 1");
      Set<String> found = new HashSet<>();
      for (String row : rows) {
        String[] values = row.split(" ", -1);
        assertThat(values[1]).as("events of %s in %s", row, table).isEqualTo("" + events);
        assertThat(values[2]).as("distinct events of %s in %s", row, table).isEqualTo("" + events);
        found.add(values[0]);
      }
      assertThat(found).as(table).containsAll(before);
    }
  }

  private static void merge(LiveLake server, Duration delta) {
    InsertSlice range = new InsertSlice(HOUR.minus(ONE_HOUR.multipliedBy(2)), HOUR.plus(ONE_HOUR));
    View view = server.lakehouse().views().globalView("log_entries").orElseThrow();
    server
        .lakehouse()
        .materializer()
        .materialize(view, new Pass(range, delta, false), ProgressListener.NONE);
  }

  /// However many ask both servers for cold partitions at once, each block is decoded once.
  @Test
  void coldPartitionsAreBuiltByOneServer() throws Exception {
    int blocks = 6;
    for (int i = 0; i < blocks; i++) {
      first.insertBlock(source, HOUR.minusSeconds(100 + i), 4);
    }
    String query =
        "SELECT count(*) FROM view_instance('log_entries', '" + source.processId() + "')";
    CyclicBarrier together = new CyclicBarrier(8);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Long>> queries = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        LiveLake server = i % 2 == 0 ? first : second;
        queries.add(() -> {
          together.await();
          return server.count(query);
        });
      }
      for (Future<Long> answer : threads.invokeAll(queries)) {
        assertThat(answer.get()).isEqualTo(4L * blocks);
      }
    }
    assertThat(first.decoded.get() + second.decoded.get()).isEqualTo(blocks);
    assertThat(first.lake.partitions().listAll())
        .filteredOn(partition -> partition.instanceId().equals(source.processId().toString()))
        .hasSize(1);
  }

  /// Both servers agree on the partitions of a thread, whoever writes them, and leave them alone.
  @Test
  void spansOfAThreadAreBuiltOnceAndReplacedOnceWhenABlockIsLate() throws Exception {
    SpanDescriptor run = SpanStream.span("run", 1);
    SpanStream thread = new SpanStream(first);
    Instant begin = HOUR.minusSeconds(600);
    for (int i = 0; i < 10; i++) {
      thread.writer.begin(run, SpanStream.seconds(2 * i));
      thread.writer.end(run, SpanStream.seconds(2 * i + 1));
      thread.block(begin.plusSeconds(i), 2 * i, 2 * i + 2);
    }
    List<String> paths = new ArrayList<>();
    for (int late = 0; late < 3; late++) {
      CyclicBarrier together = new CyclicBarrier(6);
      try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
        List<Callable<List<String>>> queries = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          LiveLake server = i % 2 == 0 ? first : second;
          queries.add(() -> {
            together.await();
            return thread.spans(server, "thread_spans", TimeRange.ALL);
          });
        }
        List<String> expected = null;
        for (Future<List<String>> answer : threads.invokeAll(queries)) {
          expected = expected == null ? answer.get() : expected;
          assertThat(answer.get()).isEqualTo(expected).hasSize(1 + 10 + late);
        }
      }
      for (LiveLake server : List.of(second, first)) {
        assertThat(thread.spans(server, "thread_spans", TimeRange.ALL)).hasSize(1 + 10 + late);
      }
      List<Partition> partitions =
          first.lake.partitions().listAll().stream()
              .filter(partition -> partition.viewSet().equals("thread_spans"))
              .toList();
      assertThat(partitions).hasSize(1);
      paths.add(partitions.getFirst().filePath().orElseThrow());
      thread.writer.begin(run, SpanStream.seconds(20 + 2 * late));
      thread.writer.end(run, SpanStream.seconds(21 + 2 * late));
      thread.block(begin.plusSeconds(20 + late), 20 + 2 * late, 22 + 2 * late);
    }
    assertThat(paths).doesNotHaveDuplicates();
    try (Connection connection = first.database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet written = statement.executeQuery("SELECT count(*) FROM temporary_files")) {
      written.next();
      assertThat(written.getInt(1)).as("files that were replaced").isEqualTo(2);
    }
  }
}
