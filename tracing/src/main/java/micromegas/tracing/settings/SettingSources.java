package micromegas.tracing.settings;

import java.io.IOException;
import java.io.InputStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Values of settings; the first source that has one counts: the program, system properties, the
/// environment, `micromegas.properties` on the class path. Blank values count as none.
///
/// A value that cannot be understood fails with a message that names setting and source.
public final class SettingSources {
  private static final String RESOURCE = "micromegas.properties";

  private final Map<Setting, String> program = new EnumMap<>(Setting.class);
  private final Function<String, String> properties;
  private final Map<String, String> environment;
  private final Properties file;

  /// @param properties system properties, null for none
  public SettingSources(
      Function<String, String> properties, Map<String, String> environment, Properties file) {
    this.properties = properties;
    this.environment = environment;
    this.file = file;
  }

  /// Those of this process.
  public static SettingSources ofProcess() {
    Properties file = new Properties();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    try (InputStream in =
        loader == null
            ? ClassLoader.getSystemResourceAsStream(RESOURCE)
            : loader.getResourceAsStream(RESOURCE)) {
      if (in != null) {
        file.load(in);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException("cannot read " + RESOURCE + ": " + e.getMessage(), e);
    }
    return new SettingSources(System::getProperty, System.getenv(), file);
  }

  /// The program says so.
  public void set(Setting setting, String value) {
    program.put(setting, value);
  }

  /// Whether the program says anything.
  public boolean hasProgramSettings() {
    return !program.isEmpty();
  }

  /// Variables of the environment that are not ours.
  public Map<String, String> environment() {
    return environment;
  }

  /// A system property that is not ours; null when there is none.
  public @Nullable String property(String name) {
    return properties.apply(name);
  }

  public Optional<String> text(Setting setting) {
    return find(setting).map(Found::value);
  }

  /// A whole number of at least `min`.
  public long number(Setting setting, long min, long otherwise) {
    return find(setting).map(found -> found.number(min)).orElse(otherwise);
  }

  /// A value of another type.
  public <T> Optional<T> value(Setting setting, Function<String, T> parser) {
    return find(setting).map(found -> found.parse(parser));
  }

  private Optional<Found> find(Setting setting) {
    String value = program.get(setting);
    String origin = "the program's " + setting.property();
    if (value == null) {
      value = properties.apply(setting.property());
      origin = "the system property " + setting.property();
    }
    if (value == null || value.isBlank()) {
      value = environment.get(setting.name());
      origin = "the environment variable " + setting;
    }
    if (value == null || value.isBlank()) {
      value = file.getProperty(setting.property());
      origin = setting.property() + " in " + RESOURCE;
    }
    return value == null || value.isBlank()
        ? Optional.empty()
        : Optional.of(new Found(value.trim(), origin));
  }

  private record Found(String value, String origin) {
    long number(long min) {
      try {
        long number = Long.parseLong(value);
        if (number >= min) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(origin + " is no whole number: " + value, e);
      }
      throw new IllegalArgumentException(origin + " must be at least " + min + ": " + value);
    }

    <T> T parse(Function<String, T> parser) {
      try {
        return parser.apply(value);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(origin + ": " + e.getMessage(), e);
      }
    }
  }
}
