package micromegas.benchmarks;

import micromegas.benchmarks.instrumentation.InstrumentationBench;
import micromegas.common.MicromegasException;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `./micromegas bench NAME`. Exit code 1 when a check fails, 2 for a wrong command line.
@Command(
    name = "micromegas bench",
    mixinStandardHelpOptions = true,
    description = "Measures one part, checks that the result is right and prints a table.",
    subcommands = {
      DecodeBench.class,
      IngestBench.class,
      InstrumentationBench.class,
      OtlpIngestBench.class,
      MaterializeBench.class,
      QueryBench.class,
      SpansBench.class,
      StartBench.class,
      OtlpBench.class
    })
public final class BenchMain implements Runnable {

  public static void main(String[] arguments) {
    // Before the first logger: tables are for people.
    System.setProperty(
        "micromegas.log.level", System.getenv().getOrDefault("MICROMEGAS_LOG_LEVEL", "WARN"));
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    CommandLine commands = new CommandLine(new BenchMain());
    commands.setExecutionExceptionHandler((error, command, parsed) -> {
      if (error instanceof CheckFailedException || error instanceof MicromegasException) {
        command.getErr().println("bench: " + error.getMessage());
        return 1;
      }
      throw error;
    });
    System.exit(commands.execute(arguments));
  }

  /// Without a name.
  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
