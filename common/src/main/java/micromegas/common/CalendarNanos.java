package micromegas.common;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Locale;

/// Calendar arithmetic on nanoseconds since 1970-01-01T00:00:00Z, all in UTC.
public final class CalendarNanos {
  public static final long SECOND = 1_000_000_000L;
  public static final long MINUTE = 60 * SECOND;
  public static final long HOUR = 60 * MINUTE;
  public static final long DAY = 24 * HOUR;

  private CalendarNanos() {}

  /// @throws ArithmeticException outside the years 1677 to 2262
  public static long plus(long time, int months, long nanos) {
    long moved = months == 0 ? time : plusMonths(time, months);
    return Math.addExact(moved, nanos);
  }

  private static long plusMonths(long time, long months) {
    long timeOfDay = Math.floorMod(time, DAY);
    return Math.addExact(atStartOf(dateOf(time).plusMonths(months)), timeOfDay);
  }

  private static LocalDate dateOf(long time) {
    return LocalDate.ofEpochDay(Math.floorDiv(time, DAY));
  }

  private static long atStartOf(LocalDate date) {
    return Math.multiplyExact(date.toEpochDay(), DAY);
  }

  /// Length of a unit that does not depend on the calendar, or 0 for one that does.
  ///
  /// @throws IllegalArgumentException for an unknown unit
  public static long fixedUnit(String unit) {
    return switch (unit) {
      case "nanosecond", "nanoseconds" -> 1;
      case "microsecond", "microseconds" -> 1_000;
      case "millisecond", "milliseconds" -> 1_000_000;
      case "second", "seconds" -> SECOND;
      case "minute", "minutes" -> MINUTE;
      case "hour", "hours" -> HOUR;
      case "day", "days" -> DAY;
      case "week", "weeks", "month", "months", "quarter", "quarters", "year", "years" -> 0;
      default -> throw new IllegalArgumentException("Unsupported date_trunc granularity: " + unit);
    };
  }

  /// The start of the unit that holds `time`; weeks start on Monday.
  public static long truncate(String unit, long time) {
    LocalDate date = dateOf(time);
    return switch (unit) {
      case "week", "weeks" -> atStartOf(date.minusDays(date.getDayOfWeek().getValue() - 1));
      case "month", "months" -> atStartOf(date.withDayOfMonth(1));
      case "quarter", "quarters" ->
          atStartOf(LocalDate.of(date.getYear(), (date.getMonthValue() - 1) / 3 * 3 + 1, 1));
      case "year", "years" -> atStartOf(date.withDayOfYear(1));
      default -> time - Math.floorMod(time, fixedUnit(unit));
    };
  }

  /// The start of the bin of `width` nanoseconds that holds `time`, bins being counted from
  /// `origin` in both directions.
  public static long bin(long time, long width, long origin) {
    return Math.subtractExact(time, Math.floorMod(Math.subtractExact(time, origin), width));
  }

  /// As [#bin], with a width of whole months.
  public static long binMonths(long time, int months, long origin) {
    long between = ChronoUnit.MONTHS.between(dateOf(origin), dateOf(time));
    long steps = Math.floorDiv(between, months) * months;
    long start = plusMonths(origin, steps);
    return start > time ? plusMonths(origin, steps - months) : start;
  }

  /// A field of a time, as `date_part` names it: seconds are whole, sub-second fields include the
  /// seconds.
  ///
  /// @throws IllegalArgumentException for an unknown field
  public static long part(String field, long time) {
    long timeOfDay = Math.floorMod(time, DAY);
    return switch (field.toLowerCase(Locale.ROOT)) {
      case "year", "years" -> dateOf(time).getYear();
      case "quarter" -> (dateOf(time).getMonthValue() + 2) / 3;
      case "month", "months" -> dateOf(time).getMonthValue();
      case "week" -> dateOf(time).get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      case "day", "days" -> dateOf(time).getDayOfMonth();
      case "dow" -> dateOf(time).getDayOfWeek().getValue() % 7;
      case "isodow" -> dateOf(time).getDayOfWeek().getValue() - 1;
      case "doy" -> dateOf(time).getDayOfYear();
      case "hour", "hours" -> timeOfDay / HOUR;
      case "minute", "minutes" -> timeOfDay / MINUTE % 60;
      case "second", "seconds" -> timeOfDay / SECOND % 60;
      case "millisecond", "milliseconds" -> timeOfDay / 1_000_000 % 60_000;
      case "microsecond", "microseconds" -> timeOfDay / 1_000 % 60_000_000;
      case "nanosecond", "nanoseconds" -> timeOfDay % MINUTE;
      default -> throw new IllegalArgumentException("Date part '" + field + "' not supported");
    };
  }
}
