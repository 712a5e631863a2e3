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

  @Option(
      names = "--steady-seconds",
      paramLabel = "N",
      description =
          "How long 100,000 events per second are recorded; 600 for the full test. Default:"
              + " ${DEFAULT-VALUE}.")
  private int steadySeconds = 15;

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
    tail();
    List<Gate> gates = new ArrayList<>(gates(costs));
    gates.addAll(steady());
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
    String[] words =
        child(
            "cost",
            4,
            List.of(
                "-XX:CompileCommand=quiet",
                dontInline(OwnOperations.class),
                dontInline(PeerOperations.class),
                "--enable-native-access=ALL-UNNAMED",
                "-Dmicromegas.telemetry.clock=" + operation.clock()),
            OperationMain.class,
            operation.name(),
            Integer.toString(warmUpMillis),
            Integer.toString(samples));
    return new Cost(
        Double.parseDouble(words[1]), Double.parseDouble(words[2]), Double.parseDouble(words[3]));
  }

  /// Runs a class in a JVM of its own.
  ///
  /// @param key first word of the line that has the result
  /// @param count words of that line
  private static String[] child(
      String key, int count, List<String> flags, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    for (String line : output.lines().toList()) {
      String[] words = line.split(" ", -1);
      if (exit == 0 && words.length == count && words[0].equals(key)) {
        return words;
      }
    }
    throw new CheckFailedException(
        "check failed: " + String.join(" ", arguments) + " gave no result: " + output);
  }

  private static void tail() throws IOException, InterruptedException {
    String[] words = child("tail", 10, List.of(), TailRun.class);
    Table table = new Table("single calls", "median", "99.9 %", "99.99 %");
    table.row("nothing, from when it is due", words[1] + " ns", words[2] + " ns", words[3] + " ns");
    table.row("span, from when it is due", words[4] + " ns", words[5] + " ns", words[6] + " ns");
    table.row("span, from its begin", words[7] + " ns", words[8] + " ns", words[9] + " ns");
    table.print();
  }

  private List<Gate> steady() throws IOException, InterruptedException {
    String[] words =
        child("steady", 6, List.of(), SteadyRun.class, Integer.toString(steadySeconds));
    double share = 100 * Double.parseDouble(words[1]);
    double grown = Long.parseLong(words[3]) / (1024.0 * 1024.0);
    long recorded = Long.parseLong(words[4]);
    long arrived = Long.parseLong(words[5]);
    if (arrived < recorded) {
      throw new CheckFailedException("check failed: " + arrived + " arrived of " + recorded);
    }
    Table table = new Table("100,000 events/s", "recording", "uplink, per event", "heap grown by");
    table.row(
        steadySeconds + " s",
        String.format(Locale.ROOT, "%.2f %% of a core", share),
        words[2] + " ns",
        String.format(Locale.ROOT, "%.2f MiB", grown));
    table.print();
    return List.of(
        new Gate("recording 100,000 events/s, % of a core", share, true, 1),
        new Gate("heap grown by, MiB", grown, true, 4));
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
