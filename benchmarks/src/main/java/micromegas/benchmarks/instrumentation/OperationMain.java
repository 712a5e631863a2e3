package micromegas.benchmarks.instrumentation;

import java.util.Locale;

/// Measures one operation in this JVM and prints its cost: minimum, median, bytes.
final class OperationMain {
  private OperationMain() {}

  /// @param arguments operation, milliseconds of warm-up, samples
  public static void main(String[] arguments) {
    Operation.Prepared prepared = Operation.valueOf(arguments[0]).prepare();
    CpuTime.Cost cost =
        new CpuTime()
            .measure(
                prepared.task(),
                prepared.between(),
                Long.parseLong(arguments[1]) * 1_000_000L,
                Integer.parseInt(arguments[2]));
    long lost = OwnOperations.lost();
    if (lost > 0) {
      throw new IllegalStateException(lost + " events were lost");
    }
    prepared.check().run();
    System.out.printf(
        Locale.ROOT, "cost %.3f %.3f %.3f%n", cost.minimum(), cost.median(), cost.bytes());
    System.exit(0); // threads of the peers may still run
  }
}
