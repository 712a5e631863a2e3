package micromegas.examples.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.testing.TestServer;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.jfr.JfrKind;
import micromegas.tracing.jfr.JfrRecorder;
import micromegas.tracing.jfr.JfrSettings;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedSpanEvent;
import micromegas.transit.StreamInfo;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The profile of a thread: samples of the flight recorder, summed up by a running server.
class ProfileTest {
  private static final String SPIN = "micromegas.examples.jfr.ProfileTest.spin";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static volatile long kept;

  @TempDir static Path folder;

  /// @param total nanoseconds with those inside
  /// @param self nanoseconds without
  private record Sum(long depth, long total, long self) {}

  @Test
  void theFlameGraphOfTheSamplesOfAThreadIsItsProfile() throws Exception {
    try (TestServer server = TestServer.start(folder)) {
      UUID stream = profile(server.ingestion());
      check(query(server.client(), "SELECT * FROM flame_graph('" + stream + "')"));
    }
  }

  private static void check(Map<String, Sum> profile) {
    String path =
        profile.keySet().stream()
            .filter(each -> each.endsWith(";" + SPIN))
            .findFirst()
            .orElseThrow();
    String[] frames = path.split(";", -1);
    assertThat(frames[0]).startsWith("worker (samples)");
    assertThat(frames[1]).startsWith("java.lang.Thread.run");
    Sum spin = profile.get(path);
    assertThat(spin.depth()).isEqualTo(frames.length - 1L);
    assertThat(spin.self()).isPositive();
    long selves = profile.values().stream().mapToLong(Sum::self).sum();
    assertThat(selves)
        .as("each nanosecond is one frame's own")
        .isEqualTo(profile.get(frames[0]).total());
    long outermost =
        profile.values().stream().filter(sum -> sum.depth() == 1).mapToLong(Sum::total).sum();
    assertThat(spin.total()).as("the thread does nothing else").isGreaterThan(outermost / 2);
  }

  /// Samples a thread that is busy.
  ///
  /// @return the stream of its samples
  private static UUID profile(URI server) throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    Thread worker = new Thread(() -> spin(stop), "worker");
    MemorySink sink = new MemorySink();
    try (Telemetry telemetry =
        Telemetry.builder()
            .server(server)
            .sink(sink)
            .spans(true)
            .consoleLevels(LevelFilter.OFF)
            .shutdownHook(false)
            .start()) {
      try (JfrRecorder recorder =
          JfrRecorder.start(JfrSettings.DEFAULTS.withKinds(Set.of(JfrKind.SAMPLES)))) {
        worker.start();
        while (!isSampled(sink)) {
          recorder.flush(PATIENCE);
          telemetry.flush(PATIENCE);
        }
        stop.set(true);
        worker.join();
      }
      telemetry.flush(PATIENCE);
    }
    return sink.streams().stream()
        .filter(stream -> "worker (samples)".equals(stream.properties().get("thread-name")))
        .map(StreamInfo::streamId)
        .findFirst()
        .orElseThrow();
  }

  private static boolean isSampled(MemorySink sink) {
    return sink.spans().values().stream()
        .flatMap(List::stream)
        .map(RecordedSpanEvent::name)
        .anyMatch(SPIN::equals);
  }

  private static void spin(AtomicBoolean stop) {
    long sum = 0;
    while (!stop.get()) {
      for (int i = 0; i < 1_000; i++) {
        sum = sum * 31 + i;
      }
      kept = sum;
    }
  }

  private static Map<String, Sum> query(QueryClient client, String sql) {
    Map<String, Sum> profile = new HashMap<>();
    client.query(
        sql,
        new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "test"),
        batch -> rows(batch, profile));
    return profile;
  }

  private static boolean rows(VectorSchemaRoot batch, Map<String, Sum> profile) {
    for (int row = 0; row < batch.getRowCount(); row++) {
      profile.put(
          batch.getVector("path").getObject(row).toString(),
          new Sum(
              number(batch, "depth", row),
              number(batch, "total", row),
              number(batch, "self", row)));
    }
    return true;
  }

  private static long number(VectorSchemaRoot batch, String column, int row) {
    return ((Number) batch.getVector(column).getObject(row)).longValue();
  }
}
