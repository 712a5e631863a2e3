package micromegas.query;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import micromegas.common.BadRequestException;
import org.jspecify.annotations.Nullable;

/// The constants that a table function was called with.
///
/// @param function name of the function, for messages
/// @param values String, Long, Double, Boolean, Instant, or null
public record Arguments(String function, List<@Nullable Object> values) {
  private static final List<String> ORDINALS =
      List.of("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth");

  public Arguments {
    // Unlike List.copyOf, this takes null.
    values = Collections.unmodifiableList(Arrays.asList(values.toArray()));
  }

  /// @throws BadRequestException unless there are exactly `expected` arguments
  public void requireCount(int expected) {
    if (values.size() != expected) {
      throw new BadRequestException(
          function + " takes " + expected + " arguments, but was given " + values.size());
    }
  }

  /// The argument at `index`, from 0; null when it is NULL or missing.
  public @Nullable Object value(int index) {
    return index < values.size() ? values.get(index) : null;
  }

  /// @throws BadRequestException unless the argument is text
  public String text(int index) {
    if (value(index) instanceof String text) {
      return text;
    }
    throw wrong(index, "must be a string");
  }

  /// @throws BadRequestException unless the argument is a whole number
  public long integer(int index) {
    if (value(index) instanceof Long number) {
      return number;
    }
    throw wrong(index, "must be an integer");
  }

  /// @throws BadRequestException unless the argument is a number
  public double number(int index) {
    if (value(index) instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(index, "must be a number");
  }

  /// A timestamp, or text in the form of RFC 3339.
  ///
  /// @throws BadRequestException for anything else
  public Instant time(int index) {
    Object value = value(index);
    if (value instanceof Instant instant) {
      return instant;
    }
    if (value instanceof String text) {
      try {
        return OffsetDateTime.parse(text).toInstant();
      } catch (DateTimeException e) {
        throw wrong(index, "must be a UTC timestamp, given '" + text + "'");
      }
    }
    throw wrong(index, "must be a UTC timestamp");
  }

  /// An error about the argument at `index`.
  ///
  /// @param complaint for example `must be a valid UUID`
  public BadRequestException wrong(int index, String complaint) {
    String ordinal = index < ORDINALS.size() ? ORDINALS.get(index) : (index + 1) + "th";
    return new BadRequestException(ordinal + " argument to " + function + " " + complaint);
  }
}
