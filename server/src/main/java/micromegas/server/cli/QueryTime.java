package micromegas.server.cli;

import java.time.Clock;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import micromegas.common.BadRequestException;
import micromegas.common.Nanos;
import micromegas.server.config.Forms;
import micromegas.server.flight.Rfc3339;

/// A time as the command line takes it: RFC 3339, or `1h`, `30m`, `7d` ago.
final class QueryTime {
  private static final Pattern AGO = Pattern.compile("(\\d+[smhd])(?:\\s+ago)?");

  private QueryTime() {}

  static Instant parse(String option, String text, Clock clock) {
    Matcher matcher = AGO.matcher(text.strip());
    if (matcher.matches()) {
      return clock.instant().minus(Forms.duration(matcher.group(1)));
    }
    try {
      return Nanos.toInstant(Rfc3339.parseNanos(option, text));
    } catch (BadRequestException e) {
      throw new BadRequestException(
          "%s: '%s' is neither an RFC 3339 time nor a span such as 1h, 30m or 7d"
              .formatted(option, text),
          e);
    }
  }
}
