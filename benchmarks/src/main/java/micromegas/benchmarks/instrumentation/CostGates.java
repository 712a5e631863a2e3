package micromegas.benchmarks.instrumentation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import micromegas.benchmarks.CheckFailedException;
import micromegas.benchmarks.instrumentation.CpuTime.Cost;

/// The gates of what the calling thread pays: ratios of minima, which the clock of the machine does
/// not change, and what metrics and logs may cost beyond the clock.
final class CostGates {
  /// Up to this cost of one reading, the counter clock has a bound in nanoseconds.
  private static final double FAST_COUNTER_NANOS = 13;

  private final Map<Operation, Cost> costs;

  private final boolean allThreads;

  /// @param allThreads whether bytes are those of all threads, the uplink's included
  CostGates(Map<Operation, Cost> costs, boolean allThreads) {
    this.costs = costs;
    this.allThreads = allThreads;
  }

  List<Gate> all() {
    double span = minimum(Operation.SPAN);
    double empty = minimum(Operation.EMPTY);
    List<Gate> gates = new ArrayList<>();
    gates.add(Gate.atMost("span / two nanoTime", span / minimum(Operation.NANO_TIME_TWICE), 1.45));
    gates.add(Gate.atMost("4 nested / 4 spans", minimum(Operation.NESTED) / (4 * span), 1.15));
    gates.add(
        Gate.atMost(
            "span that is off / empty call",
            minimum(Operation.SPAN_OFF) / empty,
            Math.max(1.3, (empty + 0.5) / empty)));
    gates.add(Gate.atLeast("OpenTelemetry SDK / span", minimum(Operation.OTEL) / span, 3));
    gates.add(Gate.atLeast("JFR event / span", minimum(Operation.JFR) / span, 1));
    gates.add(Gate.atLeast("Micrometer / span", minimum(Operation.MICROMETER) / span, 1.2));
    gates.add(
        Gate.atLeast(
            "Log4j2 async / own line",
            minimum(Operation.LOG4J) / minimum(Operation.FORMATTED_LOG),
            2));
    gates.add(counter());
    double clock = minimum(Operation.NANO_TIME_TWICE) / 2;
    gates.add(Gate.atMost("integer metric - nanoTime, ns", minimum(Operation.METRIC) - clock, 20));
    gates.add(
        Gate.atMost("constant log - nanoTime, ns", minimum(Operation.CONSTANT_LOG) - clock, 20));
    gates.add(
        Gate.atMost(
            "log of 44 characters - nanoTime, ns", minimum(Operation.READY_LOG) - clock, 40));
    gates.add(
        Gate.atMost("bytes per own call, at most", bytes(), 0.01)
            .unless(!allThreads, "JMH counts the uplink's bytes too"));
    return gates;
  }

  private Gate counter() {
    double reading = minimum(Operation.COUNTER);
    return Gate.atMost("event with the counter clock, ns", minimum(Operation.SPAN_COUNTER) / 2, 22)
        .unless(
            reading <= FAST_COUNTER_NANOS,
            String.format(Locale.ROOT, "a reading costs %.1f ns", reading));
  }

  private double bytes() {
    double bytes = 0;
    for (Map.Entry<Operation, Cost> entry : costs.entrySet()) {
      if (entry.getKey().mustNotAllocate()) {
        bytes = Math.max(bytes, entry.getValue().bytes());
      }
    }
    return bytes;
  }

  private double minimum(Operation operation) {
    Cost cost = costs.get(operation);
    if (cost == null) {
      throw new CheckFailedException("check failed: " + operation + " was not measured");
    }
    return cost.minimum();
  }
}
