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
  private static final String UTC_OFFSET = "+00:00";

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
    Instant usual = parseUsual(text);
    return usual != null ? usual : parse(STRICT, text);
  }

  /// `yyyy-mm-ddThh:mm:ss.f…` in UTC, with one to nine digits of fraction or none, as clients write
  /// it: two times per block. Null for every other spelling, and for times that do not exist.
  private static @Nullable Instant parseUsual(String text) {
    int end = text.endsWith("Z") ? text.length() - 1 : text.length() - UTC_OFFSET.length();
    if (end < 19
        || end > 29
        || end == 20
        || (end < text.length() - 1 && !text.endsWith(UTC_OFFSET))
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':'
        || (end > 19 && text.charAt(19) != '.')) {
      return null;
    }
    int year = digits(text, 0, 4);
    int month = digits(text, 5, 7);
    int day = digits(text, 8, 10);
    int hour = digits(text, 11, 13);
    int minute = digits(text, 14, 16);
    int second = digits(text, 17, 19);
    int nanos = end > 19 ? digits(text, 20, end) : 0;
    if ((year | month | day | hour | minute | second | nanos) < 0) {
      return null;
    }
    for (int i = end; i > 19 && i < 29; i++) {
      nanos *= 10;
    }
    try {
      return LocalDateTime.of(year, month, day, hour, minute, second, nanos)
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /// The number in `[from, to)`, nine digits at most; -1 when something else is there.
  private static int digits(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
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
