package micromegas.benchmarks.instrumentation;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import micromegas.benchmarks.Table;

/// Compares what several threads that write at once pay for our stripes and for one lock. How much
/// a lock is contended depends on the processors that are free, so there is no bound. Wall time of
/// stripes includes an uplink that encodes on the same processors; behind the locks is nobody.
final class Contention {
  private static final int PROCESSOR = 0;
  private static final int WALL = 1;

  private final Table table =
      new Table(
          "ns per event, processor / wall",
          "threads",
          "stripes",
          "ReentrantLock",
          "monitor",
          "lock / stripes",
          "monitor / stripes",
          "lost by stripes, ppm");

  void print() throws IOException, InterruptedException {
    compare(
        "integer metric",
        Contender.METRIC_STRIPES,
        Contender.METRIC_LOCK,
        Contender.METRIC_MONITOR);
    compare("constant log", Contender.LOG_STRIPES, Contender.LOG_LOCK, Contender.LOG_MONITOR);
    table.print();
  }

  private void compare(String event, Contender own, Contender lock, Contender monitor)
      throws IOException, InterruptedException {
    double[] stripes = measure(own);
    double[] locked = measure(lock);
    double[] monitored = measure(monitor);
    for (int i = 0; i < ContentionRun.THREADS.size(); i++) {
      int at = ContentionRun.WORDS * i;
      table.row(
          event,
          Integer.toString(ContentionRun.THREADS.get(i)),
          pair("%.1f", stripes, at, 1, 1),
          pair("%.1f", locked, at, 1, 1),
          pair("%.1f", monitored, at, 1, 1),
          pair("%.2f", locked, at, stripes[at + PROCESSOR], stripes[at + WALL]),
          pair("%.2f", monitored, at, stripes[at + PROCESSOR], stripes[at + WALL]),
          String.format(Locale.ROOT, "%.2f", stripes[at + 2]));
    }
  }

  private static String pair(String format, double[] costs, int at, double processor, double wall) {
    return String.format(
        Locale.ROOT,
        format + " / " + format,
        costs[at + PROCESSOR] / processor,
        costs[at + WALL] / wall);
  }

  private static double[] measure(Contender contender) throws IOException, InterruptedException {
    int words = 1 + ContentionRun.WORDS * ContentionRun.THREADS.size();
    String[] line =
        ChildJvm.run("contention", words, List.of(), ContentionRun.class, contender.name());
    return Arrays.stream(line).skip(1).mapToDouble(Double::parseDouble).toArray();
  }
}
