package micromegas.benchmarks.instrumentation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import micromegas.benchmarks.CheckFailedException;
import micromegas.benchmarks.Machine;
import micromegas.benchmarks.Table;
import micromegas.benchmarks.instrumentation.CpuTime.Cost;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What recording costs the thread that records, next to the clock and to other libraries. Absolute
/// figures depend on the clock of the machine, so the gates are ratios within the run.
@Command(
    name = "instrumentation",
    mixinStandardHelpOptions = true,
    description = "What spans, metrics and logs cost the calling thread, against other libraries.")
public final class InstrumentationBench implements Callable<Integer> {
  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "JVMs per operation; the best counts. Default: ${DEFAULT-VALUE}.")
  private int runs = 2;

  @Option(
      names = "--warm-up",
      paramLabel = "MILLIS",
      description = "Warm-up of each JVM. Default: ${DEFAULT-VALUE}.")
  private int warmUpMillis = 1_000;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "Samples of 15 ms per JVM. Default: ${DEFAULT-VALUE}.")
  private int samples = 30;

  /// A ratio and its bound.
  private record Gate(String what, double ratio, boolean atMost, double bound) {
    boolean isMet() {
      return atMost ? ratio <= bound : ratio >= bound;
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Machine.describe();
    Map<Operation, Cost> costs = new EnumMap<>(Operation.class);
    for (int run = 0; run < runs; run++) {
      for (Operation operation : Operation.values()) {
        costs.merge(operation, fork(operation), InstrumentationBench::better);
      }
    }
    Table table = new Table("calling thread", "ns, minimum", "ns, median", "B", "ratio to a span");
    double span = minimum(costs, Operation.SPAN);
    costs.forEach((operation, cost) ->
        table.row(
            operation.label(),
            number(cost.minimum()),
            number(cost.median()),
            String.format(Locale.ROOT, "%.0f", cost.bytes()),
            String.format(Locale.ROOT, "%.2f", cost.minimum() / span)));
    table.print();
    List<Gate> gates = gates(costs);
    Table verdicts = new Table("gate", "ratio", "bound", "met");
    for (Gate gate : gates) {
      verdicts.row(
          gate.what(),
          String.format(Locale.ROOT, "%.2f", gate.ratio()),
          String.format(Locale.ROOT, "%s %.2f", gate.atMost() ? "<=" : ">=", gate.bound()),
          gate.isMet() ? "yes" : "NO");
    }
    verdicts.print();
    return gates.stream().allMatch(Gate::isMet) ? 0 : 1;
  }

  private static List<Gate> gates(Map<Operation, Cost> costs) {
    double span = minimum(costs, Operation.SPAN);
    double empty = minimum(costs, Operation.EMPTY);
    List<Gate> gates = new ArrayList<>();
    gates.add(
        new Gate(
            "span / two nanoTime", span / minimum(costs, Operation.NANO_TIME_TWICE), true, 1.45));
    gates.add(
        new Gate("4 nested / 4 spans", minimum(costs, Operation.NESTED) / (4 * span), true, 1.15));
    gates.add(
        new Gate(
            "span that is off / empty call",
            minimum(costs, Operation.SPAN_OFF) / empty,
            true,
            Math.max(1.3, (empty + 0.5) / empty)));
    gates.add(
        new Gate("OpenTelemetry SDK / span", minimum(costs, Operation.OTEL) / span, false, 3));
    gates.add(new Gate("JFR event / span", minimum(costs, Operation.JFR) / span, false, 1));
    gates.add(
        new Gate("Micrometer / span", minimum(costs, Operation.MICROMETER) / span, false, 1.2));
    gates.add(
        new Gate(
            "Log4j2 async / own line",
            minimum(costs, Operation.LOG4J) / minimum(costs, Operation.FORMATTED_LOG),
            false,
            2));
    double bytes = 0;
    for (Map.Entry<Operation, Cost> entry : costs.entrySet()) {
      if (entry.getKey().mustNotAllocate()) {
        bytes = Math.max(bytes, entry.getValue().bytes());
      }
    }
    gates.add(new Gate("bytes per own call, at most", bytes, true, 0.01));
    return gates;
  }

  private Cost fork(Operation operation) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:CompileCommand=quiet",
            dontInline(OwnOperations.class),
            dontInline(PeerOperations.class),
            "-cp",
            System.getProperty("java.class.path"),
            OperationMain.class.getName(),
            operation.name(),
            Integer.toString(warmUpMillis),
            Integer.toString(samples));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    for (String line : output.lines().toList()) {
      String[] words = line.split(" ", -1);
      if (exit == 0 && words.length == 4 && words[0].equals("cost")) {
        return new Cost(
            Double.parseDouble(words[1]),
            Double.parseDouble(words[2]),
            Double.parseDouble(words[3]));
      }
    }
    throw new CheckFailedException("check failed: " + operation + " gave no result: " + output);
  }

  /// The bodies of the operations stay calls, or the loop around them would be measured too.
  private static String dontInline(Class<?> operations) {
    return "-XX:CompileCommand=dontinline," + operations.getName() + "::lambda*";
  }

  private static Cost better(Cost a, Cost b) {
    return new Cost(
        Math.min(a.minimum(), b.minimum()),
        Math.min(a.median(), b.median()),
        Math.min(a.bytes(), b.bytes()));
  }

  private static double minimum(Map<Operation, Cost> costs, Operation operation) {
    Cost cost = costs.get(operation);
    if (cost == null) {
      throw new CheckFailedException("check failed: " + operation + " was not measured");
    }
    return cost.minimum();
  }

  private static String number(double nanos) {
    return String.format(Locale.ROOT, "%.1f", nanos);
  }
}
