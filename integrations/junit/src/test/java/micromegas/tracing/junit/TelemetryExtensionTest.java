package micromegas.tracing.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import micromegas.tracing.Telemetry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/// Runs tests with the engine of JUnit and looks at what it reports.
class TelemetryExtensionTest {
  private static EngineExecutionResults run(Class<?> tests) {
    return EngineTestKit.engine("junit-jupiter").selectors(selectClass(tests)).execute();
  }

  private static Throwable failure(EngineExecutionResults results) {
    List<Event> failed = results.testEvents().failed().list();
    assertThat(failed).hasSize(1);
    return failed.get(0).getRequiredPayload(TestExecutionResult.class).getThrowable().orElseThrow();
  }

  @AfterEach
  void nothingRunsOn() {
    assertThat(Telemetry.running()).isEmpty();
  }

  @Test
  void aFailureShowsWhatWasRecorded() {
    EngineExecutionResults results = run(Samples.Failing.class);
    results.testEvents().assertStatistics(stats -> stats.succeeded(1).failed(1).aborted(1));
    Throwable failure = failure(results);
    assertThat(failure).isInstanceOf(AssertionError.class).hasMessage("not placed");
    assertThat(failure.getSuppressed()).hasSize(1);
    StringWriter printed = new StringWriter();
    failure.printStackTrace(new PrintWriter(printed, true));
    assertThat(printed.toString()).contains("Suppressed: telemetry of this test:\nlogs\n");
    String report = failure.getSuppressed()[0].getMessage();
    // The names of threads differ between programs that run tests; times differ anyway.
    String shown =
        report
            .replaceAll("\\+\\d+\\.\\d{3} s", "+T")
            .replaceAll("\\d+\\.\\d{3} ms", "D")
            .replace("\n  " + Thread.currentThread().getName() + "\n", "\n  main\n");
    assertThat(shown)
        .isEqualTo(
            """
            logs
              +T INFO  [com.acme.Orders] set up
              +T TRACE [com.acme.Orders] order 7
              +T TRACE [com.acme.Orders] order 9
              +T WARN  [com.acme.Orders] tagged {zone=eu}
              +T TRACE [com.acme.Orders] order 8
              +T INFO  [com.acme.Orders] torn down
            spans
              main
                +T Orders::place D
                  +T insert into orders D
                +T Orders::place D
                  +T insert into orders D
              worker-1
                +T Orders::place D
                  +T insert into orders D
            metrics
              queue: 8 orders, the last of 3 samples from 7 to 9\
            """);
    assertThat(entries(results)).singleElement().isEqualTo(report);
  }

  private static List<String> entries(EngineExecutionResults results) {
    return results
        .testEvents()
        .reportingEntryPublished()
        .map(event -> event.getRequiredPayload(ReportEntry.class))
        .map(entry -> entry.getKeyValuePairs().get("telemetry"))
        .toList();
  }

  @Test
  void failuresBeforeTheTestItselfCountToo() {
    Throwable failure = failure(run(Samples.FailingInSetUp.class));
    assertThat(failure).hasMessage("no database");
    assertThat(failure.getSuppressed()[0])
        .isInstanceOf(TestTelemetry.class)
        .hasMessageContaining("ERROR [com.acme.Orders] no database");
  }

  @Test
  void longRecordingsAreCut() {
    EngineExecutionResults results =
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectClass(Samples.Chatty.class))
            .configurationParameter("micromegas.junit.lines", "5")
            .execute();
    String report = failure(results).getSuppressed()[0].getMessage();
    assertThat(report)
        .contains("logs, the last 5 of 50\n", "spans, the last of each thread 5 of 100\n")
        .contains(
            "order 45\n", "order 49\n", "queue: 49 orders, the last of 50 samples from 0 to 49")
        .doesNotContain("order 44\n");
  }

  @Test
  void aBadLimitIsNamed() {
    EngineExecutionResults results =
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectClass(Samples.Silent.class))
            .configurationParameter("micromegas.junit.lines", "many")
            .execute();
    assertThat(failure(results)).hasMessage("micromegas.junit.lines is no whole number: many");
  }

  @Test
  void aSilentTestSaysSo() {
    assertThat(failure(run(Samples.Silent.class)).getSuppressed()[0])
        .hasMessage("nothing was recorded");
  }

  @Test
  void oneMethodMayBeRecorded() {
    EngineExecutionResults one =
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectMethod(Samples.OneMethod.class, "isNotRecorded"))
            .execute();
    one.testEvents().assertStatistics(stats -> stats.succeeded(1).failed(0));
    EngineExecutionResults both =
        EngineTestKit.engine("junit-jupiter")
            .selectors(
                selectMethod(
                    Samples.OneMethod.class,
                    "isRecorded",
                    "int, micromegas.tracing.junit.RecordedTelemetry"))
            .execute();
    both.testEvents().assertStatistics(stats -> stats.succeeded(2).failed(0));
    assertThat(entries(both)).isEmpty();
  }

  @Test
  void nestedClassesAreRecorded() {
    run(Samples.Outer.class).testEvents().assertStatistics(stats -> stats.succeeded(2).failed(0));
  }

  @Test
  void telemetryOfTheApplicationIsListenedTo() {
    run(Samples.WithApplication.class)
        .testEvents()
        .assertStatistics(stats -> stats.succeeded(2).failed(0));
  }

  @Test
  void telemetryOfTheApplicationGoesFirst() {
    run(Samples.StartingApplication.class)
        .testEvents()
        .assertStatistics(stats -> stats.succeeded(2).failed(0));
  }

  private static EngineExecutionResults runInParallel(Class<?>... tests) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(Stream.of(tests).map(DiscoverySelectors::selectClass).toList())
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
        .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
        .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "6")
        .execute();
  }

  @Test
  void testsThatRunAtTheSameTimeHaveTheirOwnTelemetry() {
    EngineExecutionResults results = runInParallel(ParallelSamples.class);
    results.testEvents().assertStatistics(stats -> stats.succeeded(2).failed(2));
    Map<String, String> reports = new HashMap<>();
    results.testEvents().failed().list().stream()
        .map(event -> event.getRequiredPayload(TestExecutionResult.class))
        .map(result -> result.getThrowable().orElseThrow())
        .forEach(
            failure -> reports.put(failure.getMessage(), failure.getSuppressed()[0].getMessage()));
    assertThat(reports).containsOnlyKeys("one", "two");
    for (int test : List.of(1, 2)) {
      String report = reports.get(test == 1 ? "one" : "two");
      String[] parts = report.split("of other threads, while other tests may have run\n");
      assertThat(parts).hasSize(2);
      // By the thread of the test, by a task of a wrapped pool, by an async span, in a set-up.
      assertThat(parts[0])
          .contains("order " + test + "00\n", "order " + test + "01\n", "order " + test + "02\n")
          .contains("set up " + test + "\n", "Orders::place")
          .contains("queue: " + test + "02 orders, the last of 3 samples from " + test + "00")
          .doesNotContain("order " + (3 - test), "order 3", "order 9", "context.span_id");
      // Nobody knows who has started these.
      assertThat(parts[1])
          .contains("logs\n", "order 901\n", "order 902\n", "Orders::place", "worker")
          .doesNotContain("order 1", "order 2", "order 3");
    }
  }

  @Test
  void classesShareTelemetryThatEndsWithTheLast() {
    runInParallel(Samples.Outer.class, OrdersTest.class)
        .testEvents()
        .assertStatistics(stats -> stats.succeeded(3).failed(0));
    assertThat(Telemetry.running()).isEmpty();
  }

  @Test
  void aTestMayBeOnAThreadOfItsOwn() {
    EngineExecutionResults results = runInParallel(ParallelSamples.OnAnotherThread.class);
    results.testEvents().assertStatistics(stats -> stats.succeeded(2).failed(0));
  }

  @Test
  void dynamicTestsBelongToTheirFactory() {
    EngineExecutionResults results = run(ParallelSamples.Dynamic.class);
    results.testEvents().assertStatistics(stats -> stats.succeeded(2).failed(0));
  }

  @Test
  void whatBelongsToTheClassAsksForTheTestOfItsThread() {
    run(ParallelSamples.PerClass.class)
        .testEvents()
        .assertStatistics(stats -> stats.succeeded(2).failed(0));
  }
}
