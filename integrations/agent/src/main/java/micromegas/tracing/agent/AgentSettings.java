package micromegas.tracing.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import micromegas.tracing.KeepPolicy;
import micromegas.tracing.agent.select.MethodPattern;
import org.jspecify.annotations.Nullable;

/// Settings of the agent. The first source that has a value counts: the agent's argument
/// (`methods=com.acme.*#*;spans=false`), system properties (`micromegas.agent.methods`), the
/// environment (`MICROMEGAS_AGENT_METHODS`). Blank values count as none.
///
/// @param enabled whether anything is woven at the start
/// @param parts what is woven
/// @param annotations annotation classes of other libraries that stand for `@Span`
/// @param methods patterns of methods that are woven as if they had `@Span`
/// @param minInstructions of methods that patterns name; others are left alone
/// @param maxNames different names of spans of each kind that come from data
/// @param maxSqlLength characters of names of statements
/// @param requestsSlowerThan milliseconds: the details of quicker requests are dropped, unless
///   these fail; 0 for none
/// @param requestsOneIn of so many requests the details of one are kept anyway; 0 for none
/// @param telemetry whether the agent starts telemetry
/// @param spans whether spans are recorded; null to leave that to the settings of telemetry, which
///   the agent reads as *on* when there are none
/// @param jfr whether events of the flight recorder are recorded too
/// @param mbean whether there is a management bean
/// @param verbose whether what is woven is printed
public record AgentSettings(
    boolean enabled,
    Set<Part> parts,
    List<String> annotations,
    List<MethodPattern> methods,
    int minInstructions,
    int maxNames,
    int maxSqlLength,
    int requestsSlowerThan,
    int requestsOneIn,
    boolean telemetry,
    @Nullable Boolean spans,
    boolean jfr,
    boolean mbean,
    boolean verbose) {

  /// What can be woven.
  public enum Part {
    /// Methods with annotations, and those that patterns name.
    METHODS,
    /// Executors and threads.
    CONTEXT,
    JDBC,
    HTTP_CLIENT,
    HTTP_SERVER,
    SERVLET,
    /// Netty's HTTP/1.1 codec, of servers and clients.
    NETTY;

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Part parse(String text) {
      for (Part part : values()) {
        if (part.text().equals(text)) {
          return part;
        }
      }
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is none of "
              + EnumSet.allOf(Part.class).stream().map(Part::text).toList());
    }
  }

  /// Which details of requests are kept, null when all are.
  public @Nullable KeepPolicy requestPolicy() {
    if (requestsSlowerThan == 0 && requestsOneIn == 0) {
      return null;
    }
    KeepPolicy policy = KeepPolicy.failed();
    if (requestsSlowerThan > 0) {
      policy = policy.or(KeepPolicy.slowerThan(Duration.ofMillis(requestsSlowerThan)));
    }
    return requestsOneIn > 0 ? policy.orOneIn(requestsOneIn) : policy;
  }

  private static final String WITH_SPAN = "io.opentelemetry.instrumentation.annotations.WithSpan";

  /// Reads settings.
  ///
  /// @param argument of the agent, null for none
  /// @throws IllegalArgumentException for a value that cannot be understood, and for an unknown key
  ///   of the argument; says where it came from
  public static AgentSettings read(
      @Nullable String argument,
      UnaryOperator<@Nullable String> property,
      UnaryOperator<@Nullable String> environment) {
    Source source = new Source(arguments(argument), property, environment);
    AgentSettings settings =
        new AgentSettings(
            source.flag("enabled", true),
            source.parts(),
            source.list("annotations", List.of(WITH_SPAN)),
            source.patterns(),
            source.number("min_instructions", 0, 10),
            source.number("max_names", 1, 1_000),
            source.number("max_sql_length", 8, 200),
            source.number("requests_slower_than", 0, 0),
            source.number("requests_one_in", 0, 0),
            source.flag("telemetry", true),
            source.optionalFlag("spans"),
            source.flag("jfr", false),
            source.flag("mbean", true),
            source.flag("verbose", false));
    source.checkArguments();
    return settings;
  }

  private static Map<String, String> arguments(@Nullable String argument) {
    Map<String, String> arguments = new TreeMap<>();
    if (argument == null) {
      return arguments;
    }
    for (String entry : argument.split(";", -1)) {
      if (entry.isBlank()) {
        continue;
      }
      int equals = entry.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("no = in the agent's argument \"" + entry.trim() + "\"");
      }
      arguments.put(entry.substring(0, equals).trim(), entry.substring(equals + 1).trim());
    }
    return arguments;
  }

  /// Looks values up, and says where bad ones came from.
  private static final class Source {
    private final Map<String, String> arguments;
    private final UnaryOperator<@Nullable String> property;
    private final UnaryOperator<@Nullable String> environment;
    private final List<String> known = new ArrayList<>();

    Source(
        Map<String, String> arguments,
        UnaryOperator<@Nullable String> property,
        UnaryOperator<@Nullable String> environment) {
      this.arguments = arguments;
      this.property = property;
      this.environment = environment;
    }

    private record Found(String value, String origin) {
      IllegalArgumentException bad(String reason) {
        return new IllegalArgumentException(origin + ": " + reason);
      }
    }

    private @Nullable Found find(String key) {
      known.add(key);
      String value = arguments.get(key);
      if (value != null && !value.isBlank()) {
        return new Found(value, "the agent's argument " + key);
      }
      String name = "micromegas.agent." + key.replace('_', '.');
      value = property.apply(name);
      if (value != null && !value.isBlank()) {
        return new Found(value.trim(), "the system property " + name);
      }
      String variable = "MICROMEGAS_AGENT_" + key.toUpperCase(Locale.ROOT);
      value = environment.apply(variable);
      return value == null || value.isBlank()
          ? null
          : new Found(value.trim(), "the environment variable " + variable);
    }

    boolean flag(String key, boolean otherwise) {
      Boolean value = optionalFlag(key);
      return value == null ? otherwise : value;
    }

    @Nullable Boolean optionalFlag(String key) {
      Found found = find(key);
      if (found == null) {
        return null;
      }
      return switch (found.value().toLowerCase(Locale.ROOT)) {
        case "true" -> Boolean.TRUE;
        case "false" -> Boolean.FALSE;
        default -> throw found.bad("neither true nor false: " + found.value());
      };
    }

    int number(String key, int min, int otherwise) {
      Found found = find(key);
      if (found == null) {
        return otherwise;
      }
      try {
        int value = Integer.parseInt(found.value());
        if (value >= min) {
          return value;
        }
      } catch (NumberFormatException e) {
        throw found.bad("no whole number: " + found.value());
      }
      throw found.bad("must be at least " + min + ": " + found.value());
    }

    List<String> list(String key, List<String> otherwise) {
      Found found = find(key);
      return found == null ? otherwise : split(found);
    }

    private static List<String> split(Found found) {
      List<String> entries = new ArrayList<>();
      for (String entry : found.value().split(",", -1)) {
        if (!entry.isBlank()) {
          entries.add(entry.trim());
        }
      }
      return List.copyOf(entries);
    }

    Set<Part> parts() {
      Found found = find("instrument");
      if (found == null) {
        return EnumSet.allOf(Part.class);
      }
      Set<Part> parts = EnumSet.noneOf(Part.class);
      try {
        split(found).forEach(entry -> parts.add(Part.parse(entry)));
      } catch (IllegalArgumentException e) {
        throw found.bad(String.valueOf(e.getMessage()));
      }
      return parts;
    }

    List<MethodPattern> patterns() {
      Found found = find("methods");
      if (found == null) {
        return List.of();
      }
      try {
        return split(found).stream().map(MethodPattern::parse).toList();
      } catch (IllegalArgumentException e) {
        throw found.bad(String.valueOf(e.getMessage()));
      }
    }

    void checkArguments() {
      for (String key : arguments.keySet()) {
        if (!known.contains(key)) {
          throw new IllegalArgumentException(
              "the agent has no argument " + key + "; it has " + known);
        }
      }
    }
  }
}
