package micromegas.server.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import micromegas.common.BadRequestException;
import org.jspecify.annotations.Nullable;

/// The values of all settings, checked. A flag wins over the environment, which wins over the file.
/// Immutable.
public final class Configuration {
  private static final String PREFIX = "MICROMEGAS_";

  /// Variables that the launcher or the clients read, not the server.
  private static final Set<String> NOT_OURS =
      Set.of(
          "MICROMEGAS_JAVA_HOME",
          "MICROMEGAS_LAUNCHER_TRACE",
          "MICROMEGAS_LOG_LEVEL",
          "MICROMEGAS_CONFIG",
          "MICROMEGAS_ANALYTICS_URI",
          "MICROMEGAS_CLIENT_AGENT",
          "MICROMEGAS_CLIENT_ENTRYPOINT",
          "MICROMEGAS_PROFILE",
          "MICROMEGAS_TELEMETRY_URL",
          "MICROMEGAS_INGESTION_API_KEY");

  /// Where a value came from.
  public enum Source {
    FLAG,
    ENVIRONMENT,
    FILE,
    DEFAULT
  }

  private record Value(String text, Object parsed, Source source) {}

  private final Map<Setting<?>, Value> values;
  private final List<String> warnings;

  private Configuration(Map<Setting<?>, Value> values, List<String> warnings) {
    this.values = values;
    this.warnings = List.copyOf(warnings);
  }

  /// Values by name, for tests and programs that embed the server; everything else is default.
  public static Configuration of(Map<String, String> flags) {
    return load(flags, Map.of(), Optional.empty());
  }

  /// @param flags by setting name
  /// @param environment variables; only `MICROMEGAS_*` are looked at
  /// @param file properties by setting name
  /// @throws BadRequestException naming the setting and its form, for the first value that is
  ///   wrong; also for an unknown key or an unreadable file
  public static Configuration load(
      Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
    Map<String, String> fromFile = file.map(Configuration::read).orElse(Map.of());
    Map<Setting<?>, Value> values = new LinkedHashMap<>();
    for (Setting<?> setting : Settings.all()) {
      String text = flags.get(setting.name());
      Source source = Source.FLAG;
      if (text == null) {
        text = environment.get(setting.environment());
        source = Source.ENVIRONMENT;
      }
      if (text == null) {
        text = fromFile.get(setting.name());
        source = Source.FILE;
      }
      if (text == null) {
        text = setting.defaultText().orElse(null);
        source = Source.DEFAULT;
      }
      if (text != null) {
        values.put(setting, new Value(text, parse(setting, text, source), source));
      }
    }
    refuseUnknown(flags.keySet(), "flag");
    refuseUnknown(fromFile.keySet(), "key");
    Configuration configuration = new Configuration(values, unknownVariables(environment));
    configuration.checkTogether();
    return configuration;
  }

  /// The value of a setting that has a default.
  @SuppressWarnings("unchecked") // values were made by the setting's own parser
  public <T> T get(Setting<T> setting) {
    Value value = values.get(setting);
    if (value == null) {
      throw new BadRequestException(setting.name() + " is not set; give " + setting.form());
    }
    return (T) value.parsed();
  }

  /// The value of a setting that may be absent.
  public <T> Optional<T> find(Setting<T> setting) {
    return values.containsKey(setting) ? Optional.of(get(setting)) : Optional.empty();
  }

  /// Where the value came from; [Source#DEFAULT] also for a setting without any.
  public Source source(Setting<?> setting) {
    Value value = values.get(setting);
    return value == null ? Source.DEFAULT : value.source();
  }

  /// The value as it was written, secrets masked; `-` when there is none.
  public String display(Setting<?> setting) {
    Value value = values.get(setting);
    if (value == null) {
      return "-";
    }
    return setting.secret() ? "****" : value.text();
  }

  /// One sentence for each thing that is probably a mistake.
  public List<String> warnings() {
    return warnings;
  }

  private void checkTogether() {
    boolean sql = values.containsKey(Settings.SQL_CONNECTION_STRING);
    boolean objects = values.containsKey(Settings.OBJECT_STORE_URI);
    if (sql != objects) {
      Setting<?> given = sql ? Settings.SQL_CONNECTION_STRING : Settings.OBJECT_STORE_URI;
      Setting<?> missing = sql ? Settings.OBJECT_STORE_URI : Settings.SQL_CONNECTION_STRING;
      throw new BadRequestException(
          "%s is set but %s (%s) is not: give both for an external lake, or neither for the embedded one"
              .formatted(given.name(), missing.name(), missing.environment()));
    }
  }

  private static Object parse(Setting<?> setting, String text, Source source) {
    try {
      return setting.parser().apply(text);
    } catch (IllegalArgumentException | ArithmeticException | BadRequestException e) {
      String where =
          switch (source) {
            case FLAG -> "--" + setting.name();
            case ENVIRONMENT -> setting.environment();
            case FILE, DEFAULT -> setting.name();
          };
      throw new BadRequestException(
          where
              + ": "
              + (setting.secret() ? "the value" : "'" + text + "'")
              + " is not "
              + setting.form(),
          e);
    }
  }

  private static Map<String, String> read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new BadRequestException("cannot read configuration file " + file + ": " + e, e);
    }
    return properties.stringPropertyNames().stream()
        .collect(Collectors.toMap(name -> name, properties::getProperty));
  }

  private static void refuseUnknown(Set<String> names, String kind) {
    Set<String> unknown = new TreeSet<>(names);
    Settings.all().forEach(setting -> unknown.remove(setting.name()));
    if (!unknown.isEmpty()) {
      throw new BadRequestException("unknown " + kind + " " + String.join(", ", unknown));
    }
  }

  private static List<String> unknownVariables(Map<String, String> environment) {
    Set<String> known =
        Settings.all().stream().map(Setting::environment).collect(Collectors.toSet());
    List<String> warnings = new ArrayList<>();
    for (@Nullable String name : new TreeSet<>(environment.keySet())) {
      if (name != null
          && name.startsWith(PREFIX)
          && !known.contains(name)
          && !NOT_OURS.contains(name)) {
        warnings.add("environment variable " + name + " is not known and has no effect");
      }
    }
    return warnings;
  }
}
