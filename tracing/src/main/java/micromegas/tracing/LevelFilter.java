package micromegas.tracing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which log events pass: a level for all targets, and levels for those that begin with a prefix,
/// of which the longest counts. Immutable.
public final class LevelFilter {
  /// Passes nothing.
  public static final LevelFilter OFF = new LevelFilter(0, List.of());

  private final int level;
  private final List<Rule> rules; // longest prefix first

  private record Rule(String prefix, int level) {}

  private LevelFilter(int level, List<Rule> rules) {
    this.level = level;
    this.rules = rules;
  }

  /// Passes what is at least as severe as `level`.
  public static LevelFilter of(Level level) {
    return new LevelFilter(level.wireValue(), List.of());
  }

  /// Reads `level,prefix=level,...`, such as `info,com.acme=debug,com.acme.noise=off`. Levels are
  /// `off`, `fatal`, `error`, `warn`, `info`, `debug` and `trace` in any case.
  ///
  /// @throws IllegalArgumentException for anything else; the message says what
  public static LevelFilter parse(String text) {
    int level = -1;
    List<Rule> rules = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        rules.add(new Rule(part.substring(0, equals).trim(), value(part.substring(equals + 1))));
      } else if (level < 0) {
        level = value(part);
      } else {
        throw new IllegalArgumentException("two levels without a prefix in \"" + text + "\"");
      }
    }
    return new LevelFilter(Math.max(level, 0), sorted(rules));
  }

  /// This filter with another level for targets that begin with `prefix`.
  ///
  /// @param prefixLevel empty for none at all
  public LevelFilter with(String prefix, Optional<Level> prefixLevel) {
    List<Rule> more = new ArrayList<>(rules);
    more.removeIf(rule -> rule.prefix().equals(prefix));
    more.add(new Rule(prefix, prefixLevel.map(Level::wireValue).orElse(0)));
    return new LevelFilter(level, sorted(more));
  }

  /// Whether an event of that level and target passes.
  public boolean passes(Level eventLevel, String target) {
    return Level.known(eventLevel).wireValue() <= threshold(String.valueOf(target));
  }

  /// The least severe level that passes for a target, as on the wire; 0 when none does.
  int threshold(String target) {
    for (Rule rule : rules) {
      if (target.startsWith(rule.prefix())) {
        return rule.level();
      }
    }
    return level;
  }

  private static List<Rule> sorted(List<Rule> rules) {
    List<Rule> sorted = new ArrayList<>(rules);
    sorted.sort(Comparator.comparingInt((Rule rule) -> rule.prefix().length()).reversed());
    return List.copyOf(sorted);
  }

  private static int value(String name) {
    String upper = name.trim().toUpperCase(Locale.ROOT);
    if (upper.equals("OFF")) {
      return 0;
    }
    for (Level level : Level.values()) {
      if (level.name().equals(upper)) {
        return level.wireValue();
      }
    }
    throw new IllegalArgumentException(
        "\""
            + name.trim()
            + "\" is no level; levels are off, fatal, error, warn, info, debug, trace");
  }

  private static String name(int value) {
    return value == 0 ? "off" : Level.values()[value - 1].name().toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LevelFilter filter
        && filter.level == level
        && filter.rules.equals(rules);
  }

  @Override
  public int hashCode() {
    return 31 * rules.hashCode() + level;
  }

  /// In the form that [#parse] reads.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name(level));
    for (Rule rule : rules) {
      text.append(',').append(rule.prefix()).append('=').append(name(rule.level()));
    }
    return text.toString();
  }
}
