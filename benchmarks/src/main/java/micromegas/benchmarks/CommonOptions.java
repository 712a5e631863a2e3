package micromegas.benchmarks;

import picocli.CommandLine.Option;

/// Options of every benchmark.
final class CommonOptions {
  @Option(
      names = "--scale",
      paramLabel = "FACTOR",
      description = "Size of the workload; 1 is that of the reference figures. Default: 1.")
  double scale = 1;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "Measurements of each thing; the median counts. Default: ${DEFAULT-VALUE}.")
  int runs = 5;
}
