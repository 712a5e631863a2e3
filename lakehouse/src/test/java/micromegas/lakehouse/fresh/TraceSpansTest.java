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
