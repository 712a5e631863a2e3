package micromegas.benchmarks.instrumentation;

import java.io.IOException;
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

  @Option(
      names = "--jmh",
      description =
          "Measure the operations with JMH and its allocation profiler, in wall time: for a machine"
              + " that does nothing else. --warm-up and --samples do not count then.")
  private boolean jmh;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Machine.describe();
    Map<Operation, Cost> costs = new EnumMap<>(Operation.class);
    for (int run = 0; run < (jmh ? 1 : runs); run++) {
      for (Operation operation : Operation.values()) {
        Cost cost = jmh ? JmhRows.measure(operation, runs, flags(operation)) : fork(operation);
        costs.merge(operation, cost, InstrumentationBench::better);
      }
    }
    Table table =
        new Table(
            jmh ? "JMH, wall time" : "calling thread",
            "ns, minimum",
            "ns, median",
            "B",
            "ratio to a span");
    double span = minimum(costs, Operation.SPAN);
    costs.forEach((operation, cost) ->
        table.row(
            operation.label(),
            number(cost.minimum()),
            number(cost.median()),
            String.format(Locale.ROOT, "%.0f", cost.bytes()),
            String.format(Locale.ROOT, "%.2f", cost.minimum() / span)));
    table.print();
    List<Gate> gates = new ArrayList<>(new CostGates(costs, jmh).all());
    new Contention().print();
    tail();
    gates.addAll(steady());
    boolean met = Gate.print(gates);
    System.out.println(
        "left out: the span of the reference's Rust SDK, which this build neither has nor runs");
    return met ? 0 : 1;
  }

  private static List<String> flags(Operation operation) {
    return List.of(
        "-XX:CompileCommand=quiet",
        dontInline(OwnOperations.class),
        dontInline(PeerOperations.class),
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dmicromegas.telemetry.clock=" + operation.clock());
  }

  private Cost fork(Operation operation) throws IOException, InterruptedException {
    String[] words =
        ChildJvm.run(
            "cost",
            4,
            flags(operation),
            OperationMain.class,
            operation.name(),
            Integer.toString(warmUpMillis),
            Integer.toString(samples));
    return new Cost(
        Double.parseDouble(words[1]), Double.parseDouble(words[2]), Double.parseDouble(words[3]));
  }

  private static void tail() throws IOException, InterruptedException {
    String[] words = ChildJvm.run("tail", 15, List.of(), TailRun.class);
    if (Long.parseLong(words[14]) < Long.parseLong(words[13])) {
      throw new CheckFailedException(
          "check failed: " + words[14] + " events arrived of " + words[13]);
    }
    Table table = new Table("single calls, ns", "median", "99.9 %", "99.99 %", "maximum");
    table.row("nothing, from when it is due", words[1], words[2], words[3], words[4]);
    table.row("enter, from when it is due", words[5], words[6], words[7], words[8]);
    table.row("enter, from its begin", words[9], words[10], words[11], words[12]);
    table.print();
  }

  private List<Gate> steady() throws IOException, InterruptedException {
    String[] words =
        ChildJvm.run("steady", 6, List.of(), SteadyRun.class, Integer.toString(steadySeconds));
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
        Gate.atMost("recording 100,000 events/s, % of a core", share, 1),
        Gate.atMost("heap grown by, MiB", grown, 4));
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
