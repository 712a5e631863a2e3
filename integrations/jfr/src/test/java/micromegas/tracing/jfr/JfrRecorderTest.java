package micromegas.tracing.jfr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanScope;
import micromegas.tracing.SpanSite;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testkit.NullSweep;
import org.junit.jupiter.api.Test;

/// What the JVM does, found in the telemetry of the process.
class JfrRecorderTest {
  private static final SpanSite SLOW = Sites.here().span("slow");
  private static final long PAUSE_NANOS = 200_000_000;

  /// Keeps allocations and loops from being removed.
  private static volatile Object kept;

  private final Recorded recorded = new Recorded();
  private final MemorySink sink = recorded.sink();

  @Test
  void theWaitForAMonitorLiesInTheSpanThatItMadeSlow() throws InterruptedException {
    Object lock = new Object();
    Thread victim =
        new Thread(
            () -> {
              try (SpanScope scope = SLOW.enter()) {
                synchronized (lock) {
                  kept = lock;
                }
              }
            },
            "victim");
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = Recorded.recorder(JfrSettings.DEFAULTS)) {
      holdWhileBlocked(lock, victim);
      victim.join();
      assertThat(recorder.flush(Duration.ofSeconds(60))).isTrue();
      telemetry.flush(Duration.ofSeconds(60));
    }
    Recorded.Interval slow = recorded.spans("victim").get(0);
    Recorded.Interval wait =
        recorded.spans("victim (jvm)").stream()
            .filter(span -> span.name().equals("enter monitor java.lang.Object"))
            .findFirst()
            .orElseThrow();
    assertThat(slow.name()).isEqualTo("JfrRecorderTest::slow");
    long tolerance = 20_000_000; // of the two clocks, on a busy machine
    assertThat(wait.begin()).isGreaterThan(slow.begin() - tolerance);
    assertThat(wait.end()).isLessThan(slow.end() + tolerance);
    assertThat(wait.end() - wait.begin()).isGreaterThanOrEqualTo(PAUSE_NANOS / 2);
    assertThat(sink.logs())
        .filteredOn(log -> log.target().equals("jvm.wait"))
        .extracting(RecordedLog::text)
        .anyMatch(text ->
            text.contains("enter monitor java.lang.Object")
                && text.contains("held by " + Thread.currentThread().getName())
                && text.contains("JfrRecorderTest"));
  }

  /// Starts a thread that needs a lock, and holds the lock for a while once it waits.
  private static void holdWhileBlocked(Object lock, Thread victim) {
    synchronized (lock) {
      victim.start();
      while (victim.getState() != Thread.State.BLOCKED) {
        Thread.onSpinWait();
      }
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < PAUSE_NANOS) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void pausesOfTheCollectorAreAStream() throws InterruptedException {
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = Recorded.recorder(JfrSettings.DEFAULTS)) {
      recorded.until(
          recorder,
          telemetry,
          System::gc,
          () ->
              recorded.spans("jvm-gc").stream()
                  .anyMatch(span -> span.depth() == 0 && span.name().contains("(System.gc())")));
    }
    assertThat(recorded.spans("jvm-gc")).allMatch(span -> span.end() >= span.begin());
  }

  @Test
  void nullsAreWelcome() {
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = Recorded.recorder(JfrSettings.DEFAULTS)) {
      NullSweep sweep = new NullSweep().with(recorder).mayRefuse("JfrRecorder.start"); // settings
      sweep.type(JfrRecorder.class);
      assertThat(sweep.thrown()).isEmpty();
      assertThat(sweep.calls()).isPositive();
    }
  }

  @Test
  void samplesAreSpansOfFrames() throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    CountDownLatch started = new CountDownLatch(1);
    Thread busy =
        new Thread(
            () -> {
              started.countDown();
              spin(stop);
            },
            "busy");
    busy.setDaemon(true);
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = Recorded.recorder(JfrSettings.DEFAULTS)) {
      busy.start();
      started.await();
      recorded.until(
          recorder,
          telemetry,
          () -> {},
          () ->
              recorded.spans("busy (samples)").stream()
                  .anyMatch(span -> span.name().endsWith(".spin")));
    } finally {
      stop.set(true);
    }
    busy.join();
    List<Recorded.Interval> spans = recorded.spans("busy (samples)");
    Recorded.Interval spin =
        spans.stream()
            .filter(span -> span.name().endsWith("JfrRecorderTest.spin"))
            .findFirst()
            .orElseThrow();
    assertThat(spans)
        .filteredOn(span -> span.name().equals("java.lang.Thread.run"))
        .allMatch(span -> span.depth() < spin.depth());
    assertThat(spin.end() - spin.begin()).isPositive();
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

  @Test
  void allocationsAreSamples() throws InterruptedException {
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder =
            Recorded.recorder(JfrSettings.DEFAULTS.withKinds(Set.of(JfrKind.ALLOCATION)))) {
      recorded.until(
          recorder,
          telemetry,
          () -> {
            for (int i = 0; i < 2_000; i++) {
              kept = new long[4_096];
            }
          },
          () -> sink.metrics().stream().anyMatch(JfrRecorderTest::isLongArray));
    }
    RecordedMetric sample =
        sink.metrics().stream().filter(JfrRecorderTest::isLongArray).findFirst().orElseThrow();
    assertThat(sample.value()).isPositive();
    assertThat(sample.unit()).isEqualTo("bytes");
  }

  private static boolean isLongArray(RecordedMetric metric) {
    return metric.name().equals("jvm_allocation_sample")
        && metric.properties().getOrDefault("class", "").contains("long[]");
  }

  @Test
  void errorsAreLogsAndThoseBeyondTheBudgetAreCounted() throws InterruptedException {
    int thrown = 50;
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder =
            Recorded.recorder(
                JfrSettings.DEFAULTS.withKinds(Set.of(JfrKind.ERRORS)).withEventsPerSecond(1))) {
      for (int i = 0; i < thrown; i++) {
        kept = new AssertionError("on purpose");
      }
      recorder.flush(Duration.ofSeconds(60));
      telemetry.flush(Duration.ofSeconds(60));
    }
    List<String> logs =
        sink.logs().stream()
            .filter(log -> log.target().equals("jvm.throw"))
            .map(RecordedLog::text)
            .toList();
    assertThat(logs).isNotEmpty().allMatch(text -> text.contains("AssertionError: on purpose"));
    assertThat(logs.get(0)).contains("JfrRecorderTest.errorsAreLogs");
    double lost =
        sink.metrics().stream()
            .filter(metric ->
                metric.name().equals("mm_dropped_events")
                    && "jfr_errors".equals(metric.properties().get("kind")))
            .mapToDouble(RecordedMetric::value)
            .sum();
    assertThat(logs.size() + lost).isEqualTo(thrown);
  }

  @Test
  void itGoesOnInTheTelemetryThatReplacesTheFirst() throws InterruptedException {
    try (Telemetry early = Telemetry.builder().givesWay(true).shutdownHook(false).start();
        JfrRecorder recorder = Recorded.recorder(JfrSettings.DEFAULTS);
        Telemetry telemetry = recorded.start()) {
      recorded.until(recorder, telemetry, System::gc, () -> !recorded.spans("jvm-gc").isEmpty());
    }
  }

  @Test
  void itEndsWithTheProgram() {
    // example: jfr
    try (Telemetry telemetry = Telemetry.startFromEnvironment();
        JfrRecorder recorder = JfrRecorder.start(JfrSettings.fromEnvironment())) {
      handleRequests();
    }
    // end
    assertThat(Telemetry.running()).isEmpty();
  }

  private static void handleRequests() {
    kept = new Object();
  }

  @Test
  void withoutTelemetryItSaysSo() {
    assertThatThrownBy(() -> JfrRecorder.start(JfrSettings.DEFAULTS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("telemetry");
  }
}
