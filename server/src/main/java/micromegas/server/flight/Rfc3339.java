package micromegas.server.flight;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import micromegas.common.BadRequestException;
import micromegas.common.Nanos;

/// RFC 3339 times as clients write them: a blank or a small `t` between date and time and a small
/// `z` are accepted.
public final class Rfc3339 {
  private Rfc3339() {}

  /// @param name what the text is, for the message
  /// @return nanoseconds since 1970-01-01T00:00:00Z, clamped to the representable years
  /// @throws BadRequestException naming `name`
  public static long parseNanos(String name, String text) {
    try {
      return Nanos.fromInstant(
          OffsetDateTime.parse(normalise(text.strip()), DateTimeFormatter.ISO_OFFSET_DATE_TIME)
              .toInstant());
    } catch (DateTimeException e) {
      throw new BadRequestException(
          "Unable to parse " + name + " as a rfc3339 datetime: " + e.getMessage(), e);
    }
  }

  private static String normalise(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    return upper.length() > 10 && upper.charAt(10) == ' '
        ? upper.substring(0, 10) + 'T' + upper.substring(11)
        : upper;
  }
}
