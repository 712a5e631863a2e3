package micromegas.benchmarks.instrumentation;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import micromegas.benchmarks.CheckFailedException;
import micromegas.benchmarks.instrumentation.CpuTime.Cost;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/// The rows measured with JMH and its allocation profiler. That is wall time, which a machine that
/// does other things spoils, and bytes of all threads, the uplink's included.
final class JmhRows {
  private static final String ALLOCATED = "gc.alloc.rate.norm";
  private static final double MIDDLE = 50;

  private JmhRows() {}

  /// Wall time and bytes per call.
  ///
  /// @param forks JVMs
  /// @param flags of those
  static Cost measure(Operation operation, int forks, List<String> flags) {
    try {
      Collection<RunResult> results =
          new Runner(
                  new OptionsBuilder()
                      .include('^' + Pattern.quote(RowBenchmark.class.getName()) + "\\.")
                      .param("operation", operation.name())
                      .forks(forks)
                      .jvmArgsAppend(flags.toArray(String[]::new))
                      .addProfiler(GCProfiler.class)
                      .shouldFailOnError(true)
                      .timeout(TimeValue.minutes(1))
                      .verbosity(VerboseMode.SILENT)
                      .build())
              .run();
      RunResult result = results.iterator().next();
      Statistics times = result.getPrimaryResult().getStatistics();
      Result<?> bytes = result.getSecondaryResults().get(ALLOCATED);
      if (bytes == null) {
        throw new CheckFailedException("check failed: JMH gave no " + ALLOCATED);
      }
      return new Cost(times.getMin(), times.getPercentile(MIDDLE), bytes.getStatistics().getMin());
    } catch (RunnerException e) {
      throw new CheckFailedException("check failed: " + operation + " under JMH: " + e);
    }
  }
}
