package micromegas.tracing.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.FlightRecorder;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.RecordedMetric;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each kind of event, made to happen and found in the telemetry of the process.
class JfrKindsTest {
  private static final long PAUSE_NANOS = 30_000_000;

  /// Keeps work from being removed.
  private static final AtomicInteger LOADED = new AtomicInteger();

  @TempDir Path folder;

  private final Recorded recorded = new Recorded();

  private static JfrSettings settings(JfrKind... kinds) {
    return JfrSettings.DEFAULTS.withKinds(Set.of(kinds)).withThreshold(Duration.ZERO);
  }

  private interface Action {
    void run() throws IOException, InterruptedException;
  }

  private static Thread platform(String name, Action action) throws InterruptedException {
    Thread thread = new Thread(() -> unchecked(action), name);
    thread.start();
    thread.join();
    return thread;
  }

  private static void virtual(Action action) throws InterruptedException {
    VirtualThreads.start("tasks", () -> unchecked(action)).join();
  }

  private static void unchecked(Action action) {
    try {
      action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void filesAreRead() throws Exception {
    Path file = folder.resolve("orders.txt");
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = Recorded.recorder(settings(JfrKind.IO))) {
      platform(
          "clerk",
          () -> {
            try (FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
              out.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
              out.force(true);
            }
            Files.readAllBytes(file);
          });
    }
    assertThat(recorded.spans("clerk (jvm)"))
        .extracting(Recorded.Interval::name)
        .contains("write file " + file, "force file " + file, "read file " + file);
    assertThat(recorded.logs("jvm.wait"))
        .anyMatch(text ->
            text.startsWith("force file " + file)
                && text.contains(" ms, clerk\n")
                && text.contains("java.lang.Thread.run;"));
  }

  @Test
  void socketsAreWaitedFor() throws Exception {
    AtomicInteger port = new AtomicInteger();
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = Recorded.recorder(settings(JfrKind.IO))) {
      platform("customer", () -> port.set(exchange()));
    }
    assertThat(recorded.spans("customer (jvm)"))
        .extracting(Recorded.Interval::name)
        .anyMatch(name -> name.startsWith("read socket ") && name.endsWith(":" + port.get()))
        .anyMatch(name -> name.startsWith("write socket ") && name.endsWith(":" + port.get()));
  }

  /// Sends a byte to a server and reads its answer.
  ///
  /// @return the server's port
  private static int exchange() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(0, 1, loopback);
        Socket socket = new Socket(loopback, server.getLocalPort());
        Socket answering = server.accept()) {
      socket.getOutputStream().write(1);
      answering.getOutputStream().write(answering.getInputStream().read());
      socket.getInputStream().read();
      return server.getLocalPort();
    }
  }

  @Test
  void virtualThreadsThatSleepAndReadAreAsyncSpans() throws Exception {
    AtomicInteger port = new AtomicInteger();
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = Recorded.recorder(settings(JfrKind.PARK, JfrKind.IO))) {
      virtual(() -> {
        TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS); // the event that is looked for
        port.set(exchange());
      });
    }
    assertThat(recorded.asyncSpans())
        .anyMatch(span -> span.name().equals("sleep") && span.end() - span.begin() >= PAUSE_NANOS)
        .anyMatch(span ->
            span.name().startsWith("read socket ") && span.name().endsWith(":" + port.get()));
    assertThat(recorded.logs("jvm.wait"))
        .anyMatch(text -> text.startsWith("read socket ") && text.contains(" ms, tasks\n"));
    assertThat(recorded.spans("tasks (jvm)")).isEmpty();
  }

  @Test
  void virtualThreadsThatBlockTheirCarriersSayWhy() throws Exception {
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = Recorded.recorder(settings(JfrKind.PINNED, JfrKind.PARK))) {
      virtual(() -> Pinning.run(PAUSE_NANOS));
    }
    assertThat(recorded.asyncSpans())
        .filteredOn(span -> span.name().equals("pinned"))
        .anyMatch(span -> span.end() - span.begin() >= PAUSE_NANOS);
    assertThat(recorded.asyncSpans())
        .as("a park that blocks the carrier")
        .anyMatch(span -> span.name().startsWith("park "));
    assertThat(recorded.logs("jvm.wait"))
        .anyMatch(text ->
            text.startsWith("pinned, ")
                && text.contains(" ms, tasks, ")
                && text.contains("<clinit>")
                && text.contains(" in LockSupport.park")
                && text.contains("JfrKindsTest"));
  }

  /// A class whose initialiser parks the thread: frames of the JVM itself cannot be unmounted.
  private static final class Pinning {
    static {
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < PAUSE_NANOS) {
        LockSupport.parkNanos(Pinning.class, PAUSE_NANOS);
      }
    }

    static void run(long expected) {
      LOADED.addAndGet((int) expected);
    }
  }

  @Test
  void platformThreadsParkSleepAndWait() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = Recorded.recorder(settings(JfrKind.PARK, JfrKind.MONITOR))) {
      platform(
          "idler",
          () -> {
            TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS); // the event that is looked for
            assertThat(never.await(PAUSE_NANOS, TimeUnit.NANOSECONDS)).isFalse();
            synchronized (never) {
              never.wait(1);
            }
          });
    }
    assertThat(recorded.spans("idler (jvm)"))
        .extracting(Recorded.Interval::name)
        .contains("sleep", "wait in monitor java.util.concurrent.CountDownLatch")
        .anyMatch(name -> name.startsWith("park java.util.concurrent.CountDownLatch"));
    assertThat(recorded.logs("jvm.wait"))
        .as("parks have no logs")
        .noneMatch(text -> text.startsWith("park") || text.startsWith("sleep"));
  }

  @Test
  void safepointsAreAStream() throws Exception {
    JfrSettings settings =
        JfrSettings.read(
            key -> key.equals("micromegas.jfr.pause.threshold.millis") ? "0" : null, key -> null);
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = Recorded.recorder(settings.withKinds(Set.of(JfrKind.SAFEPOINT)))) {
      System.gc();
    }
    List<Recorded.Interval> spans = recorded.spans("jvm-safepoint");
    assertThat(spans).extracting(Recorded.Interval::name).contains("reach safepoint");
    assertThat(spans)
        .anyMatch(span -> span.name().startsWith("VM operation ") && span.end() > span.begin());
  }

  @Test
  void exceptionsAreLogsAndCounted() throws Exception {
    JfrSettings settings =
        JfrSettings.read(key -> key.equals("micromegas.jfr.stack.depth") ? "2" : null, key -> null)
            .withKinds(Set.of(JfrKind.ERRORS, JfrKind.EXCEPTIONS));
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = Recorded.recorder(settings)) {
      recorded.until(
          recorder,
          telemetry,
          () -> fail("no such order"),
          () ->
              recorded.logs("jvm.throw").stream().anyMatch(text -> text.contains("no such order"))
                  && recorded
                          .metrics("jvm_throwables")
                          .mapToDouble(RecordedMetric::value)
                          .max()
                          .orElse(0)
                      > 0);
    }
    assertThat(recorded.logs("jvm.throw"))
        .anyMatch(text ->
            text.matches(
                "java.lang.IllegalStateException: no such order\n"
                    + "\\(deeper\\);[^;]*JfrKindsTest[^;]*;[^;]*JfrKindsTest.fail"));
  }

  private static void fail(String why) {
    assertThat(new IllegalStateException(why)).isNotNull();
  }

  @Test
  void theHeapAndWhoAskedForACollectionAreKnown() throws Exception {
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = Recorded.recorder(settings(JfrKind.GC))) {
      collect();
    }
    assertThat(recorded.metrics("jvm_gc_heap_before"))
        .isNotEmpty()
        .allMatch(metric -> metric.value() > 0 && metric.unit().equals("bytes"));
    assertThat(recorded.metrics("jvm_gc_heap_after")).isNotEmpty();
    assertThat(recorded.logs("jvm.gc"))
        .anyMatch(text ->
            text.startsWith("System.gc()\n")
                && text.contains("JfrKindsTest.collect;java.lang.System.gc"));
  }

  private static void collect() {
    System.gc();
  }

  @Test
  void processorTimeIsSampledWhereTheJvmCan() throws Exception {
    Assumptions.assumeTrue(
        FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .anyMatch(type -> type.getName().equals("jdk.CPUTimeSample")),
        "JDK 25 on Linux");
    AtomicBoolean stop = new AtomicBoolean();
    Thread busy = new Thread(() -> spin(stop), "busy");
    try (Telemetry telemetry = recorded.start();
        JfrRecorder recorder = Recorded.recorder(settings(JfrKind.CPU_SAMPLES))) {
      busy.start();
      recorded.until(
          recorder,
          telemetry,
          () -> {},
          () ->
              recorded.spans("busy (cpu)").stream()
                  .anyMatch(span -> span.name().endsWith("JfrKindsTest.spin")));
    } finally {
      stop.set(true);
    }
    busy.join();
    assertThat(recorded.spans("busy (samples)")).isEmpty();
  }

  private static void spin(AtomicBoolean stop) {
    while (!stop.get()) {
      LOADED.incrementAndGet();
    }
  }
}
