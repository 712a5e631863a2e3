package micromegas.query.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import micromegas.common.CalendarNanos;
import micromegas.common.Nanos;

/// Evaluates expressions without columns: literals, `now()`, casts to times, times plus or minus
/// intervals, truncated times, concatenation of text. Empty means "not a constant that this class
/// understands", never an error.
final class Constants {
  /// A span of calendar months and nanoseconds.
  private record Interval(int months, long nanos) {}

  private static final DateTimeFormatter TIME_OF_DAY =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm[:ss]")
          .appendFraction(java.time.temporal.ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(Locale.ROOT);
  private static final Pattern TIMESTAMP =
      Pattern.compile(
          "(\\d{4}-\\d{2}-\\d{2})(?:[T ](\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?))?"
              + " ?(Z|[+-]\\d{2}(?::?\\d{2})?)?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern INTERVAL_PART =
      Pattern.compile("\\s*([+-]?\\d+(?:\\.\\d+)?)\\s*([a-zA-Z]+)");

  private static final Set<String> TIME_TYPES =
      Set.of(
          "timestamp",
          "timestamptz",
          "timestamptz_ns",
          "timestamp_ns",
          "datetime",
          "timestamp with time zone",
          "date");
  private static final long LONGEST_MONTH = 31 * CalendarNanos.DAY;
  private static final long MAX_STRIDE = 36_600 * CalendarNanos.DAY;
  private static final int MAX_MONTHS = 1_200;

  private static final Set<String> BINARY_TYPES = Set.of("blob", "bytea", "binary", "varbinary");

  private final Instant now;

  Constants(Instant now) {
    this.now = now;
  }

  /// String, Long, Double, Boolean or Instant.
  Optional<Object> evaluate(JsonNode node) {
    return switch (Tree.text(node, "class")) {
      case "CONSTANT" -> literal(node.path("literal"));
      case "CAST" -> cast(node);
      case "FUNCTION" -> function(node);
      case "COLUMN_REF" -> columnLike(node);
      default -> Optional.empty();
    };
  }

  /// The time that `node` stands for, where text is read as a time.
  Optional<Instant> time(JsonNode node) {
    return evaluate(node)
        .flatMap(value ->
            switch (value) {
              case Instant instant -> Optional.of(instant);
              case String text -> parseTime(text);
              default -> Optional.empty();
            });
  }

  Optional<String> string(JsonNode node) {
    return evaluate(node).filter(String.class::isInstance).map(String.class::cast);
  }

  /// The bytes that `node` stands for: `X'…'`, `unhex('…')` and its other names, or a cast of text
  /// in which bytes are written `\\xAB`.
  Optional<byte[]> bytes(JsonNode node) {
    return switch (Tree.text(node, "class")) {
      case "CONSTANT" ->
          Tree.text(node.path("literal"), "kind").equals("HEX")
              ? anyHex(Tree.text(node.path("literal"), "text"))
              : Optional.empty();
      case "CAST" ->
          BINARY_TYPES.contains(Tree.lower(node.path("type_expr"), "type_name"))
              ? string(node.path("child")).flatMap(Constants::escapedBytes)
              : Optional.empty();
      case "FUNCTION" -> {
        List<ObjectNode> arguments = Tree.arguments(node);
        boolean unhex =
            switch (Tree.lower(node, "function_name")) {
              case "unhex", "from_hex" -> arguments.size() == 1;
              case "decode" ->
                  arguments.size() == 2
                      && string(arguments.get(1)).filter("hex"::equals).isPresent();
              default -> false;
            };
        yield unhex ? string(arguments.getFirst()).flatMap(Constants::anyHex) : Optional.empty();
      }
      default -> Optional.empty();
    };
  }

  /// What `node` prints in lower-case hexadecimal, if that is what it does.
  Optional<JsonNode> hexOf(JsonNode node) {
    if (!Tree.isClass(node, "FUNCTION")) {
      return Optional.empty();
    }
    List<ObjectNode> arguments = Tree.arguments(node);
    String name = Tree.lower(node, "function_name");
    if (name.equals("encode") && arguments.size() == 2) {
      return string(arguments.get(1)).filter("hex"::equals).map(hex -> arguments.getFirst());
    }
    if (name.equals("lower") && arguments.size() == 1) {
      JsonNode inner = arguments.getFirst();
      List<ObjectNode> printed =
          Tree.isClass(inner, "FUNCTION") ? Tree.arguments(inner) : List.of();
      String function = Tree.lower(inner, "function_name");
      return (function.equals("hex") || function.equals("to_hex")) && printed.size() == 1
          ? Optional.of(printed.getFirst())
          : Optional.empty();
    }
    return Optional.empty();
  }

  private static Optional<byte[]> anyHex(String text) {
    try {
      return Optional.of(HexFormat.of().parseHex(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<byte[]> escapedBytes(String text) {
    return text.matches("(\\\\x[0-9a-fA-F]{2})+")
        ? anyHex(text.replace("\\x", ""))
        : Optional.empty();
  }

  private Optional<Object> columnLike(JsonNode node) {
    boolean isNow =
        node.path("column_names").size() == 1
            && node.path("column_names").get(0).asText().equalsIgnoreCase("current_timestamp");
    return isNow ? Optional.of(now) : Optional.empty();
  }

  private static Optional<Object> literal(JsonNode literal) {
    String text = Tree.text(literal, "text");
    try {
      return switch (Tree.text(literal, "kind")) {
        case "STRING" -> Optional.of(text);
        case "INTEGER" -> Optional.of(Long.parseLong(text));
        case "NUMERIC" -> Optional.of(Double.parseDouble(text));
        case "BOOLEAN" -> Optional.of(Boolean.parseBoolean(text));
        default -> Optional.empty();
      };
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /// Types whose values are instants.
  static boolean isTimeType(String type) {
    return TIME_TYPES.contains(type);
  }

  private Optional<Object> cast(JsonNode node) {
    String type = Tree.lower(node.path("type_expr"), "type_name");
    Optional<Object> child = evaluate(node.path("child"));
    if (isTimeType(type)) {
      Optional<Instant> time =
          child.flatMap(value ->
              switch (value) {
                case Instant instant -> Optional.of(instant);
                case String text -> parseTime(text);
                default -> Optional.empty();
              });
      return time.map(instant -> type.equals("date") ? truncated("day", instant) : instant);
    }
    return switch (type) {
      case "varchar", "text", "string" -> child.filter(value -> value instanceof String);
      case "bigint", "int64", "integer", "int" -> child.flatMap(Constants::wholeNumber);
      case "double" -> child.flatMap(Constants::number);
      default -> Optional.empty();
    };
  }

  private static Optional<Object> wholeNumber(Object value) {
    return switch (value) {
      case Long number -> Optional.of(number);
      case Double number when number == Math.rint(number) && Math.abs(number) < 1e15 ->
          Optional.of(number.longValue());
      default -> Optional.empty();
    };
  }

  private static Optional<Object> number(Object value) {
    try {
      return switch (value) {
        case Number number -> Optional.of(number.doubleValue());
        case String text -> Optional.of(Double.parseDouble(text.strip()));
        default -> Optional.empty();
      };
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Instant truncated(String unit, Instant time) {
    return Nanos.toInstant(CalendarNanos.truncate(unit, Nanos.fromInstant(time)));
  }

  private Optional<Object> function(JsonNode node) {
    List<ObjectNode> arguments = Tree.arguments(node);
    String name = Tree.lower(node, "function_name");
    switch (name) {
      case "now", "get_current_timestamp", "current_timestamp" -> {
        return arguments.isEmpty() ? Optional.of(now) : Optional.empty();
      }
      case "||", "concat" -> {
        StringBuilder joined = new StringBuilder();
        for (ObjectNode argument : arguments) {
          Optional<String> part = string(argument);
          if (part.isEmpty()) {
            return Optional.empty();
          }
          joined.append(part.get());
        }
        return Optional.of(joined.toString());
      }
      case "+", "-" -> {
        int sign = name.equals("+") ? 1 : -1;
        if (arguments.size() == 1) {
          return evaluate(arguments.getFirst())
              .flatMap(value ->
                  switch (value) {
                    case Long number -> Optional.of((Object) (sign * number));
                    case Double number -> Optional.of((Object) (sign * number));
                    default -> Optional.empty();
                  });
        }
        return arguments.size() == 2
            ? shift(arguments.get(0), arguments.get(1), sign)
            : Optional.empty();
      }
      case "trunc" -> {
        return arguments.size() == 1
            ? evaluate(arguments.getFirst())
                .flatMap(Constants::number)
                .filter(value -> Math.rint((Double) value) == (Double) value)
            : Optional.empty();
      }
      case "date_trunc", "datetrunc" -> {
        return arguments.size() == 2
            ? truncated(arguments.get(0), arguments.get(1))
            : Optional.empty();
      }
      case "to_timestamp", "to_timestamp_seconds", "to_timestamp_millis", "to_timestamp_micros" -> {
        return arguments.size() == 1 ? toTimestamp(name, arguments.getFirst()) : Optional.empty();
      }
      default -> {
        return Optional.empty();
      }
    }
  }

  private Optional<Object> truncated(JsonNode unit, JsonNode time) {
    Optional<Object> base = evaluate(time).filter(value -> value instanceof Instant);
    try {
      return string(unit)
          .flatMap(
              name -> base.map(value -> truncated(name.toLowerCase(Locale.ROOT), (Instant) value)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private Optional<Object> toTimestamp(String function, JsonNode argument) {
    long perSecond =
        switch (function) {
          case "to_timestamp_millis" -> 1_000;
          case "to_timestamp_micros" -> 1_000_000;
          default -> 1;
        };
    return evaluate(argument)
        .flatMap(value ->
            switch (value) {
              case String text -> parseTime(text);
              case Long number when Math.abs(number) <= Long.MAX_VALUE / 1_000_000_000 ->
                  Optional.of(
                      Instant.ofEpochSecond(
                          Math.floorDiv(number, perSecond),
                          Math.floorMod(number, perSecond) * (1_000_000_000 / perSecond)));
              default -> Optional.empty();
            });
  }

  /// How much less than its argument the value of `date_trunc(unit, …)` or `date_bin(stride, …)`
  /// can be, in nanoseconds: an upper bound.
  Optional<Long> roundingNanos(JsonNode unitOrStride) {
    Optional<String> text = string(unitOrStride);
    Optional<Long> unit = text.flatMap(Constants::longest);
    Optional<Interval> stride =
        text.isPresent() ? text.flatMap(Constants::parseInterval) : interval(unitOrStride);
    return unit.or(() ->
        stride
            .filter(span -> span.months >= 0 && span.months <= MAX_MONTHS)
            .filter(span -> span.nanos >= 0 && span.nanos <= MAX_STRIDE)
            .map(span -> span.months * LONGEST_MONTH + span.nanos));
  }

  private static Optional<Long> longest(String unit) {
    return switch (unit.toLowerCase(Locale.ROOT)) {
      case "year", "years" -> Optional.of(366 * CalendarNanos.DAY);
      case "quarter", "quarters" -> Optional.of(92 * CalendarNanos.DAY);
      case "month", "months" -> Optional.of(LONGEST_MONTH);
      case "week", "weeks" -> Optional.of(7 * CalendarNanos.DAY);
      case "day", "days" -> Optional.of(CalendarNanos.DAY);
      case "hour", "hours" -> Optional.of(CalendarNanos.HOUR);
      case "minute", "minutes" -> Optional.of(CalendarNanos.MINUTE);
      case "second", "seconds", "millisecond", "milliseconds", "microsecond", "microseconds" ->
          Optional.of(CalendarNanos.SECOND);
      default -> Optional.empty();
    };
  }

  private Optional<Interval> interval(JsonNode node) {
    if (Tree.isClass(node, "CAST")
        && Tree.lower(node.path("type_expr"), "type_name").equals("interval")) {
      return string(node.path("child")).flatMap(Constants::parseInterval);
    }
    List<ObjectNode> arguments = Tree.isClass(node, "FUNCTION") ? Tree.arguments(node) : List.of();
    String name = Tree.lower(node, "function_name");
    if (arguments.size() != 1 || !name.startsWith("to_")) {
      return Optional.empty();
    }
    // INTERVAL 1 HOUR and INTERVAL '1' HOUR.
    return evaluate(arguments.getFirst())
        .flatMap(value -> parseInterval(value + " " + name.substring(3)));
  }

  private Optional<Object> shift(JsonNode time, JsonNode interval, int sign) {
    Optional<Object> base = evaluate(time).filter(value -> value instanceof Instant);
    try {
      return base.isEmpty()
          ? Optional.empty()
          : interval(interval)
              .map(span ->
                  ((Instant) base.get())
                      .atOffset(ZoneOffset.UTC)
                      .plus(Period.ofMonths(sign * span.months))
                      .toInstant()
                      .plusNanos(sign * span.nanos));
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static Optional<Interval> parseInterval(String text) {
    Matcher part = INTERVAL_PART.matcher(text);
    int months = 0;
    long nanos = 0;
    int end = 0;
    while (part.find() && part.start() == end) {
      end = part.end();
      double amount = Double.parseDouble(part.group(1));
      String unit = part.group(2).toLowerCase(Locale.ROOT).replaceAll("s$", "");
      double unitNanos =
          switch (unit) {
            case "second", "sec" -> 1e9;
            case "minute", "min" -> 60e9;
            case "hour", "hr", "h" -> 3600e9;
            case "day", "d" -> 86400e9;
            case "week" -> 7 * 86400e9;
            case "millisecond" -> 1e6;
            case "microsecond" -> 1e3;
            default -> 0;
          };
      if (unitNanos > 0) {
        nanos += (long) (amount * unitNanos);
      } else if (amount == Math.rint(amount) && (unit.equals("month") || unit.equals("mon"))) {
        months += (int) amount;
      } else if (amount == Math.rint(amount) && unit.equals("year")) {
        months += (int) (12 * amount);
      } else {
        return Optional.empty();
      }
    }
    return end == 0 || !text.substring(end).isBlank()
        ? Optional.empty()
        : Optional.of(new Interval(months, nanos));
  }

  /// RFC 3339 and its usual abbreviations; without an offset, UTC.
  static Optional<Instant> parseTime(String text) {
    Matcher match = TIMESTAMP.matcher(text.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    try {
      LocalDate date = LocalDate.parse(match.group(1));
      LocalTime time =
          match.group(2) == null
              ? LocalTime.MIDNIGHT
              : LocalTime.parse(match.group(2), TIME_OF_DAY);
      String zone = match.group(3);
      ZoneOffset offset =
          zone == null ? ZoneOffset.UTC : ZoneOffset.of(zone.toUpperCase(Locale.ROOT));
      return Optional.of(OffsetDateTime.of(LocalDateTime.of(date, time), offset).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
