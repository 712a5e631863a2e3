package micromegas.server.cli;

import java.io.PrintWriter;
import micromegas.common.MicromegasException;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Entry point of `./micromegas`.
@Command(
    name = "micromegas",
    mixinStandardHelpOptions = true,
    version = "micromegas 0.1.0",
    description = "Telemetry in, SQL out.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      QueryCommand.class,
      PerfettoCommand.class,
      InstallCommand.class,
      TestCommand.class,
      BenchCommand.class
    })
public final class Main implements Runnable {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "Give a command.");
  }

  public static void main(String[] arguments) {
    // Servers say what they do; the other commands only what goes wrong.
    boolean server = arguments.length > 0 && arguments[0].equals("serve");
    if (!server && System.getProperty("micromegas.log.level") == null) {
      System.setProperty("micromegas.log.level", "ERROR");
    }
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.addSubcommand("serve", SettingOptions.addTo(new ServeCommand()));
    line.addSubcommand("demo", new DemoCommand());
    line.addSubcommand("config", SettingOptions.addTo(new ConfigCommand()));
    line.setUsageHelpAutoWidth(true);
    line.setExecutionExceptionHandler((error, command, _) -> {
      PrintWriter err = command.getErr();
      if (error instanceof MicromegasException) {
        err.println("micromegas: " + error.getMessage());
      } else {
        error.printStackTrace(err);
      }
      err.flush();
      return CommandLine.ExitCode.SOFTWARE;
    });
    return line;
  }
}
