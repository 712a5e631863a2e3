package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.maintenance.Pass;
import micromegas.lakehouse.maintenance.ProgressListener;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.otlp.Signal;
import micromegas.query.ScanPart;
import micromegas.query.ScanPlan;
import micromegas.query.ScanRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The spans of a trace are found across processes and hours without reading the other files.
class TraceSpansTest {
  private static final Instant NOW = Instant.parse("2026-11-23T20:30:00Z");
  private static final int HOURS = 8;

  @TempDir Path folder;
  private LiveLake live;
  private final Random random = new Random(3);
  private final byte[] trace = id();
  private final String hex = HexFormat.of().formatHex(trace);

  /// One block per hour and process; the wanted trace is in the first process six hours ago, in the
  /// second one three hours ago, and in a block of this minute.
  @BeforeEach
  void open() {
    live = new LiveLake(folder, NOW, FreshSettings.DEFAULT);
    LiveLake.Source first = OtelLake.source(live, Signal.TRACES);
    LiveLake.Source second = OtelLake.source(live, Signal.TRACES);
    for (int hour = 1; hour <= HOURS; hour++) {
      Instant then = NOW.minus(Duration.ofHours(hour));
      insert(first, then, hour == 6 ? trace : id());
      insert(second, then.plusSeconds(1), hour == 3 ? trace : id());
    }
    insert(first, NOW, trace);
    insert(second, NOW, id());
  }

  @AfterEach
  void close() {
    live.close();
  }

  @Test
  void everySpanOfATraceIsFoundAcrossProcesses() {
    String columns = "SELECT start_time, name FROM trace_spans WHERE ";
    List<String> spans = live.query(columns + "trace_id = X'" + hex + "' ORDER BY start_time");
    assertThat(spans).hasSize(3).allMatch(row -> row.endsWith(" span 1"));
    for (String condition :
        List.of(
            "encode(trace_id, 'hex') = '" + hex + "'",
            "trace_id = decode('" + hex + "', 'hex')",
            "trace_id IN (X'" + hex + "', X'00112233445566778899aabbccddeeff')")) {
      assertThat(live.query(columns + condition + " ORDER BY start_time")).isEqualTo(spans);
    }
    assertThat(
            live.count(
                "SELECT count(DISTINCT process_id) FROM trace_spans WHERE trace_id = X'"
                    + hex
                    + "'"))
        .isEqualTo(2);
    assertThat(live.count("SELECT count(*) FROM trace_spans")).isEqualTo(3 * 2 * (HOURS + 1));
  }

  @Test
  void onlyTheFilesThatHoldTheTraceAreRead() throws Exception {
    live.count("SELECT count(*) FROM trace_spans"); // builds the partitions
    assertThat(files(Map.of())).isEqualTo(HOURS + 1);
    Map<String, Set<ByteBuffer>> keys = Map.of("trace_id", Set.of(ByteBuffer.wrap(trace)));
    assertThat(files(keys)).isEqualTo(3);
    byte[] unknown = id();
    assertThat(files(Map.of("trace_id", Set.of(ByteBuffer.wrap(unknown))))).isEqualTo(1);
    assertThat(files(Map.of("trace_id", Set.of(ByteBuffer.wrap(trace), ByteBuffer.wrap(unknown)))))
        .isEqualTo(3);
    // The same by destroying the files that need not be read.
    for (Partition partition : live.lake.partitions().listAll()) {
      Instant hour = partition.beginInsertTime();
      boolean needed =
          hour.equals(Instant.parse("2026-11-23T14:00:00Z"))
              || hour.equals(Instant.parse("2026-11-23T17:00:00Z"));
      if (partition.viewSet().equals("trace_spans") && !needed) {
        live.lake.objects().delete(partition.filePath().orElseThrow());
      }
    }
    assertThat(live.count("SELECT count(*) FROM trace_spans WHERE trace_id = X'" + hex + "'"))
        .isEqualTo(3);
    assertThatThrownBy(() -> live.count("SELECT count(*) FROM trace_spans"))
        .isInstanceOf(UnavailableException.class);
  }

  @Test
  void filesAreSortedByTrace() {
    live.count("SELECT count(*) FROM trace_spans");
    List<Partition> partitions =
        live.lake.partitions().listAll().stream()
            .filter(partition -> partition.viewSet().equals("trace_spans"))
            .toList();
    assertThat(partitions).hasSize(HOURS);
    assertThat(partitions)
        .allMatch(partition ->
            partition.sortOrder().equals(Optional.of(List.of("trace_id", "start_time"))));
  }

  @Test
  void daysAreMergedInOrderAndStaySearchable() throws Exception {
    assertThat(live.count("SELECT count(*) FROM trace_spans")).isEqualTo(3 * 2 * (HOURS + 1));
    live.clock.set(NOW.plus(Duration.ofHours(6)));
    Instant day = Instant.parse("2026-11-23T00:00:00Z");
    InsertSlice slice = new InsertSlice(day, day.plus(Duration.ofDays(1)));
    for (Duration delta : List.of(Duration.ofHours(1), Duration.ofDays(1))) {
      live.lakehouse()
          .materializer()
          .materialize(
              live.lakehouse().views().globalView("trace_spans").orElseThrow(),
              Pass.of(slice, delta),
              ProgressListener.NONE);
    }
    assertThat(live.partitions("trace_spans", "global"))
        .containsExactly("2026-11-23T00:00:00Z..2026-11-24T00:00:00Z " + 3 * 2 * (HOURS + 1));
    assertThat(
            live.query(
                """
                SELECT count(*) FILTER (key < previous) FROM (
                  SELECT encode(trace_id, 'hex') || CAST(start_time AS VARCHAR) AS key,
                         lag(encode(trace_id, 'hex') || CAST(start_time AS VARCHAR)) OVER () AS previous
                  FROM trace_spans)
                """))
        .containsExactly("0");
    assertThat(files(Map.of("trace_id", Set.of(ByteBuffer.wrap(trace))))).isEqualTo(1);
    assertThat(files(Map.of("trace_id", Set.of(ByteBuffer.wrap(id()))))).isZero();
    assertThat(live.count("SELECT count(*) FROM trace_spans WHERE trace_id = X'" + hex + "'"))
        .isEqualTo(3);
  }

  @Test
  void aLookUpReadsOneRowGroupOfAFile() {
    Instant inserted = NOW.minus(Duration.ofHours(2)).plusSeconds(5);
    LiveLake.Source many = OtelLake.source(live, Signal.TRACES);
    int spans = 0;
    byte[] wanted = id();
    for (int block = 0; block < 4; block++) {
      byte[][] traces = new byte[100_000][];
      for (int i = 0; i < traces.length; i++) {
        traces[i] = id();
      }
      traces[block] = wanted;
      spans += traces.length;
      Instant then = inserted.plusSeconds(block);
      OtelLake.insert(live, many, then, traces.length, OtelLake.spans(then, traces));
    }
    assertThat(live.count("SELECT count(*) FROM trace_spans"))
        .isEqualTo(spans + 3L * 2 * (HOURS + 1));
    String text = HexFormat.of().formatHex(wanted);
    for (String condition :
        List.of(
            "trace_id = X'" + text + "'",
            "trace_id = decode('" + text + "', 'hex')",
            "trace_id IN (X'" + text + "')",
            "encode(trace_id, 'hex') = '" + text + "'")) {
      String query = "SELECT count(*) FROM trace_spans WHERE " + condition;
      assertThat(live.count(query)).as(condition).isEqualTo(4);
      String plan = String.join("\n", live.query("EXPLAIN ANALYZE " + query));
      assertThat(plan).as(condition).contains("Row Groups Scanned: 1 / 4");
    }
  }

  private int files(Map<String, Set<ByteBuffer>> keys) throws Exception {
    ScanRequest request =
        new ScanRequest(TimeRange.ALL, TimeRange.ALL, Set.of(), Set.of(), keys, true);
    ScanPlan plan = live.lakehouse().catalog().table("trace_spans").orElseThrow().scan(request);
    try {
      return plan.parts().stream()
          .map(part -> ((ScanPart.ParquetFiles) part).files().size())
          .mapToInt(Integer::intValue)
          .sum();
    } finally {
      plan.resources().close();
    }
  }

  private void insert(LiveLake.Source source, Instant inserted, byte[] wanted) {
    OtelLake.insert(live, source, inserted, 3, OtelLake.spans(inserted, id(), wanted, id()));
  }

  private byte[] id() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return id;
  }
}
