package micromegas.lake.envelope;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The two spellings of wall-clock time on the wire. Digits below the nanosecond are dropped;
/// second 60 is the second after 59. Years are those that PostgreSQL stores.
public final class WireTime {
  private static final int MIN_YEAR = -4712;
  private static final int MAX_YEAR = 262_142;

  /// RFC 3339, for the times of a block.
  private static final Pattern STRICT =
      Pattern.compile(
          "(\\d{4})-(\\d{2})-(\\d{2})[Tt ](\\d{2}):(\\d{2}):(\\d{2})(?:\\.(\\d+))?"
              + "(?:[Zz]|([+-])(\\d{2}):(\\d{2}))");

  /// What the reference accepts for the start of a process.
  private static final Pattern LENIENT =
      Pattern.compile(
          "\\s*([+-]?\\d{1,6})-(\\d{1,2})-(\\d{1,2})(?:\\s*[Tt]\\s*|\\s+)"
              + "(\\d{1,2}):(\\d{1,2}):(\\d{1,2})(?:\\.(\\d+))?\\s*"
              + "(?:[Zz]|[Uu][Tt][Cc]|([+-])(\\d{2}):?(\\d{2}))\\s*");

  private WireTime() {}

  /// The time that RFC 3339 text names; null when it names none.
  public static @Nullable Instant parseStrict(String text) {
    return parse(STRICT, text);
  }

  static @Nullable Instant parseLenient(String text) {
    return parse(LENIENT, text);
  }

  private static @Nullable Instant parse(Pattern pattern, String text) {
    Matcher matcher = text.length() <= 256 ? pattern.matcher(text) : pattern.matcher("");
    if (!matcher.matches()) {
      return null;
    }
    int year = number(matcher, 1);
    int second = number(matcher, 6);
    int leap = second == 60 ? 1 : 0;
    int offsetMinute = matcher.group(8) == null ? 0 : number(matcher, 10);
    int offsetHour = matcher.group(8) == null ? 0 : number(matcher, 9);
    if (year < MIN_YEAR || year > MAX_YEAR || offsetHour > 23 || offsetMinute > 59) {
      return null;
    }
    long offset = (offsetHour * 60L + offsetMinute) * ("-".equals(matcher.group(8)) ? -60 : 60);
    try {
      return LocalDateTime.of(
              year,
              number(matcher, 2),
              number(matcher, 3),
              number(matcher, 4),
              number(matcher, 5),
              second - leap,
              nanos(matcher.group(7)))
          .toInstant(ZoneOffset.UTC)
          .plusSeconds(leap - offset);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }

  private static int nanos(@Nullable String fraction) {
    return fraction == null ? 0 : Integer.parseInt((fraction + "000000000").substring(0, 9));
  }
}
