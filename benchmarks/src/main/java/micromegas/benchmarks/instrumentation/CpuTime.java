package micromegas.benchmarks.instrumentation;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/// Measures what an operation costs the thread that calls it: its own processor time, so that being
/// descheduled does not count, and the bytes it allocates. One operation per JVM, see
/// [InstrumentationBench].
///
/// The operation is not inlined into the loop; a call that does nothing costs 1 to 2 ns here.
final class CpuTime {
  private static final long SAMPLE_NANOS = 15_000_000L;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /// Nanoseconds and bytes per call.
  ///
  /// @param minimum of the samples
  /// @param median of the samples
  record Cost(double minimum, double median, double bytes) {}

  /// @param task makes `calls` calls
  interface Batch {
    void run(int calls);
  }

  /// @param between called between batches, and not measured
  Cost measure(Batch task, Runnable between, long warmUpNanos, int samples) {
    int calls = 1_000;
    long end = System.nanoTime() + warmUpNanos;
    long perBatch = 1;
    while (System.nanoTime() < end) {
      long before = threads.getCurrentThreadCpuTime();
      task.run(calls);
      perBatch = Math.max(1, threads.getCurrentThreadCpuTime() - before);
      between.run();
      if (perBatch < SAMPLE_NANOS / 4) {
        calls *= 2;
      }
    }
    calls = (int) Math.max(1_000, (double) calls * SAMPLE_NANOS / perBatch);
    double[] nanos = new double[samples];
    double bytes = Double.MAX_VALUE;
    for (int i = 0; i < samples; i++) {
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long before = threads.getCurrentThreadCpuTime();
      task.run(calls);
      nanos[i] = (double) (threads.getCurrentThreadCpuTime() - before) / calls;
      bytes =
          Math.min(bytes, (double) (threads.getCurrentThreadAllocatedBytes() - allocated) / calls);
      between.run();
    }
    Arrays.sort(nanos);
    return new Cost(nanos[0], nanos[samples / 2], bytes);
  }
}
