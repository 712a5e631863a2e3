package micromegas.tracing.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.Log;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanContext;
import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Tests that run at the same time: each waits for the others. Two of them fail on purpose.
@RecordTelemetry
final class ParallelSamples {
  private static final Log LOG = Log.of("com.acme.Orders");
  private static final AsyncSpanSite NOTIFY =
      Sites.of("com.acme.Orders", "", 0).asyncSpan("notify");
  private static CyclicBarrier together;

  @BeforeAll
  static void meet() {
    together = new CyclicBarrier(4);
  }

  @BeforeEach
  void before(TestInfo info) {
    LOG.info("set up {}", info.getDisplayName().charAt(0) == 'o' ? 1 : 2);
  }

  private static void await() throws Exception {
    together.await(60, TimeUnit.SECONDS);
  }

  private static void work(int test) throws Exception {
    await();
    Samples.place(100 * test);
    ExecutorService pool = SpanContext.wrap(Executors.newSingleThreadExecutor());
    pool.submit(() -> NOTIFY.run(() -> Samples.place(100 * test + 1))).get();
    pool.shutdown();
    NOTIFY.run(() -> Samples.place(100 * test + 2));
    Thread thread = new Thread(() -> Samples.place(900 + test), "worker-" + test);
    thread.start();
    thread.join();
    await(); // now everything has been recorded
  }

  @Test
  void oneFails() throws Exception {
    work(1);
    throw new AssertionError("one");
  }

  @Test
  void twoFails() throws Exception {
    work(2);
    throw new AssertionError("two");
  }

  @Test
  void threePasses(RecordedTelemetry telemetry) throws Exception {
    await();
    Samples.place(300);
    await();
    assertThat(telemetry.logs())
        .extracting(RecordedLog::text)
        .containsExactlyInAnyOrder("set up 2", "order 300", "order 901", "order 902");
    assertThat(telemetry.logs()).allMatch(log -> log.properties().isEmpty());
    // This thread, and those of pools and others, of which nobody knows what they work for.
    assertThat(telemetry.spans()).hasSize(5);
  }

  @Test
  void fourPasses(RecordedTelemetry telemetry) throws Exception {
    await();
    await();
    assertThat(telemetry.report()).contains("set up 2").doesNotContain("order 1", "order 300");
  }

  @RecordTelemetry
  static final class OnAnotherThread {
    private static void check(int order, RecordedTelemetry telemetry) {
      Samples.place(order);
      assertThat(telemetry.logs()).extracting(RecordedLog::text).containsExactly("order " + order);
      assertThat(telemetry.spans()).hasSize(1);
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void one(RecordedTelemetry telemetry) {
      check(1, telemetry);
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void two(RecordedTelemetry telemetry) {
      check(2, telemetry);
    }
  }

  @RecordTelemetry
  static final class Dynamic {
    @TestFactory
    Stream<DynamicTest> tests(RecordedTelemetry telemetry) {
      return Stream.of(1, 2)
          .map(order ->
              DynamicTest.dynamicTest(
                  "order " + order,
                  () -> {
                    Samples.place(order);
                    assertThat(telemetry.logs())
                        .extracting(RecordedLog::text)
                        .contains("order " + order);
                  }));
    }
  }

  @RecordTelemetry
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static final class PerClass {
    private final RecordedTelemetry telemetry;

    PerClass(RecordedTelemetry telemetry) {
      this.telemetry = telemetry;
    }

    @Test
    void one() {
      Samples.place(1);
      assertThat(telemetry.logs()).extracting(RecordedLog::text).containsExactly("order 1");
    }

    @Test
    void two() {
      Samples.place(2);
      assertThat(telemetry.logs()).extracting(RecordedLog::text).containsExactly("order 2");
    }
  }
}
