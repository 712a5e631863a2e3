package micromegas.tracing.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import micromegas.tracing.Telemetry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The recorder beside others, and when it has to stop for a while.
class BesideOthersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SHORT_SLEEPS = 1_000;

  @TempDir Path folder;

  private final Recorded recorded = new Recorded();

  @Test
  void aRecordingOfTheProgramChangesNothing() throws Exception {
    JfrSettings settings =
        JfrSettings.DEFAULTS
            .withKinds(Set.of(JfrKind.PARK, JfrKind.GC))
            .withThreshold(Duration.ofSeconds(100));
    Path file = folder.resolve("own.jfr");
    try (Telemetry telemetry = recorded.start();
        Recording own = new Recording()) {
      own.enable("jdk.ThreadSleep").withThreshold(Duration.ZERO);
      own.start();
      try (JfrRecorder recorder = Recorded.recorder(settings)) {
        for (int i = 0; i < SHORT_SLEEPS; i++) {
          TimeUnit.NANOSECONDS.sleep(1); // the event that the other recording wants
        }
        System.gc();
      }
      own.stop();
      own.dump(file);
    }
    assertThat(recorded.spans("jvm-gc")).as("what comes after the short ones").isNotEmpty();
    assertThat(recorded.spans(Thread.currentThread().getName() + " (jvm)")).isEmpty();
    assertThat(recorded.metrics("mm_dropped_events")).as("not wanted is not lost").isEmpty();
    assertThat(sleeps(file)).isGreaterThanOrEqualTo(SHORT_SLEEPS);
  }

  private static long sleeps(Path file) throws IOException {
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    return events.stream()
        .filter(event -> event.getEventType().getName().equals("jdk.ThreadSleep"))
        .count();
  }

  @Test
  void nothingIsRecordedWhileTheDiskIsFull() throws Exception {
    AtomicLong free = new AtomicLong();
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = JfrRecorder.start(JfrSettings.DEFAULTS, free::get, PATIENCE)) {
      assertThat(recorder.isRecording()).isFalse();
      assertThat(recorder.flush(PATIENCE)).isTrue();
      free.set(Long.MAX_VALUE);
      await(recorder, true);
      recorded.until(recorder, telemetry, System::gc, () -> !recorded.spans("jvm-gc").isEmpty());
      free.set(1);
      await(recorder, false);
      assertThat(ofThisModule()).isZero();
    }
    assertThat(recorded.logs("micromegas.tracing.jfr"))
        .containsExactly(
            "the flight recorder is off while less than 134217728 bytes of its disk are free",
            "the flight recorder is on again",
            "the flight recorder is off while less than 134217728 bytes of its disk are free");
  }

  private static void await(JfrRecorder recorder, boolean isRecording) {
    while (recorder.isRecording() != isRecording) {
      Thread.onSpinWait();
    }
  }

  private static long ofThisModule() {
    return FlightRecorder.getFlightRecorder().getRecordings().stream()
        .filter(recording -> recording.getSettings().containsKey(ClockMark.NAME + "#owner"))
        .count();
  }

  @Test
  void itCanBeStartedAgainAndBesideItself() throws Exception {
    JfrSettings settings = JfrSettings.DEFAULTS.withKinds(Set.of(JfrKind.GC));
    try (Telemetry telemetry = recorded.start()) {
      Recorded.recorder(settings).close();
      try (JfrRecorder first = Recorded.recorder(settings);
          JfrRecorder second = Recorded.recorder(settings)) {
        System.gc();
        second.close();
        assertThat(second.isRecording()).isFalse();
        assertThat(first.isRecording()).isTrue();
      }
    }
    assertThat(recorded.spans("jvm-gc"))
        .filteredOn(span -> span.depth() == 0 && span.name().endsWith("(System.gc())"))
        .as("by both")
        .hasSize(2);
    assertThat(ofThisModule()).isZero();
  }

  @Test
  void telemetryThatIsClosedFirstHasTheLastEvents() throws Exception {
    Telemetry telemetry = recorded.start();
    try (JfrRecorder recorder = Recorded.recorder(JfrSettings.DEFAULTS)) {
      System.gc();
      telemetry.close();
      assertThat(recorder.isRecording()).isTrue();
    }
    assertThat(recorded.spans("jvm-gc")).anyMatch(span -> span.name().endsWith("(System.gc())"));
  }
}
