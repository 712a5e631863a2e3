package micromegas.server.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import micromegas.server.config.Configuration;
import micromegas.server.config.Setting;
import micromegas.server.config.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Lists what a server would run with.
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "List every setting with its value, where the value came from, and its default.")
final class ConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Configuration configuration =
        SettingOptions.load(spec.commandLine().getParseResult(), System.getenv());
    PrintWriter out = spec.commandLine().getOut();
    String format = "%-30s %-28s %-12s %-18s %s%n";
    out.printf(format, "SETTING", "VALUE", "SOURCE", "DEFAULT", "ENVIRONMENT");
    for (Setting<?> setting : Settings.all()) {
      out.printf(
          format,
          setting.name(),
          configuration.display(setting),
          configuration.source(setting).name().toLowerCase(Locale.ROOT),
          setting.defaultText().orElse("-"),
          setting.environment());
    }
    out.flush();
    PrintWriter err = spec.commandLine().getErr();
    configuration.warnings().forEach(warning -> err.println("warning: " + warning));
    err.flush();
    return 0;
  }
}
