package micromegas.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/// Times of things that are measured alternately, so that a change of the machine's load meets all
/// of them.
final class Measure {
  private Measure() {}

  /// Nanoseconds of one call.
  static long time(Runnable task) {
    long start = System.nanoTime();
    task.run();
    return System.nanoTime() - start;
  }

  /// Runs both in turn and returns the times of each in nanoseconds, as `[first, second]`.
  static long[][] alternately(int runs, Runnable first, Runnable second) {
    long[][] times = new long[2][runs];
    for (int run = 0; run < runs; run++) {
      times[0][run] = time(first);
      times[1][run] = time(second);
    }
    return times;
  }

  static double median(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
  }

  static String milliseconds(double nanos) {
    return String.format(Locale.ROOT, nanos < 1e7 ? "%.2f ms" : "%.0f ms", nanos / 1e6);
  }

  static String seconds(double nanos) {
    return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
  }

  static String ratio(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
