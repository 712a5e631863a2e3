package micromegas.server.config;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Readers of the written forms of values.
public final class Forms {
  private static final Pattern SIZE =
      Pattern.compile("(\\d+)\\s*(?:([kmgt])(?:i?b)?|b)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)?");

  private Forms() {}

  /// `512MiB`, `4g`, `1073741824`; units are powers of 1024.
  public static long size(String text) {
    Matcher matcher = SIZE.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a size");
    }
    long value = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    int power = unit == null ? 0 : "kmgt".indexOf(unit.toLowerCase(Locale.ROOT)) + 1;
    return Math.multiplyExact(value, 1L << (10 * power));
  }

  /// `30s`, `5m`, `2h`, `1d`, `250ms`; a bare number means seconds.
  public static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a duration");
    }
    long value = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(value);
      case "m" -> Duration.ofMinutes(value);
      case "h" -> Duration.ofHours(value);
      case "d" -> Duration.ofDays(value);
      case null, default -> Duration.ofSeconds(value);
    };
  }

  /// A duration that is not shorter than `least`.
  static Duration duration(String text, Duration least) {
    Duration value = duration(text);
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException("shorter than " + least.toSeconds() + "s");
    }
    return value;
  }

  static Set<Role> roles(String text) {
    if (text.strip().equalsIgnoreCase("all")) {
      return EnumSet.allOf(Role.class);
    }
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    for (String role : text.split(",", -1)) {
      roles.add(Role.valueOf(role.strip().toUpperCase(Locale.ROOT)));
    }
    return roles;
  }

  static int positiveInt(String text) {
    int value = Integer.parseInt(text.strip());
    if (value <= 0) {
      throw new IllegalArgumentException("not positive");
    }
    return value;
  }

  static long positiveLong(String text) {
    long value = Long.parseLong(text.strip());
    if (value <= 0) {
      throw new IllegalArgumentException("not positive");
    }
    return value;
  }

  static String text(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("blank");
    }
    return text.strip();
  }

  static boolean flag(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "1", "yes", "on" -> true;
      case "false", "0", "no", "off" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }
}
