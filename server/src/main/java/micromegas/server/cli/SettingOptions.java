package micromegas.server.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import micromegas.server.config.Configuration;
import micromegas.server.config.Setting;
import micromegas.server.config.Settings;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// Every setting as an option of a command, from the one list in [Settings].
final class SettingOptions {
  private static final String CONFIG = "--config";
  private static final String CONFIG_VARIABLE = "MICROMEGAS_CONFIG";

  private SettingOptions() {}

  static CommandLine addTo(Object command) {
    CommandLine line = new CommandLine(command);
    CommandSpec spec = line.getCommandSpec();
    spec.addOption(
        OptionSpec.builder(CONFIG)
            .paramLabel("FILE")
            .type(Path.class)
            .description("Properties file with any of these settings (" + CONFIG_VARIABLE + ").")
            .build());
    for (Setting<?> setting : Settings.all()) {
      spec.addOption(
          OptionSpec.builder("--" + setting.name())
              .paramLabel("VALUE")
              .type(String.class)
              .description(escape(description(setting)))
              .build());
    }
    return line;
  }

  private static String description(Setting<?> setting) {
    return setting.description()
        + " Form: "
        + setting.form()
        + "."
        + setting.defaultText().map(text -> " Default: " + text + ".").orElse("")
        + " ("
        + setting.environment()
        + ")";
  }

  private static String escape(String text) {
    return text.replace("%", "%%");
  }

  static Configuration load(ParseResult parsed, Map<String, String> environment) {
    Map<String, String> flags = new HashMap<>();
    for (Setting<?> setting : Settings.all()) {
      String value = parsed.matchedOptionValue("--" + setting.name(), (String) null);
      if (value != null) {
        flags.put(setting.name(), value);
      }
    }
    Optional<Path> file =
        Optional.ofNullable(parsed.matchedOptionValue(CONFIG, (Path) null))
            .or(() -> Optional.ofNullable(environment.get(CONFIG_VARIABLE)).map(Path::of));
    return Configuration.load(flags, environment, file);
  }
}
