package micromegas.ingestion;

import java.util.Optional;
import java.util.regex.Pattern;
import micromegas.common.BadRequestException;

/// Who sends telemetry, as authentication found out.
///
/// @param name for the log, such as the name of an API key
/// @param audience write audience of the credential: the label that the processes it registers
///   carry; empty for credentials without one
public record Caller(String name, Optional<String> audience) {
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_-]{1,255}");

  /// A caller without credential.
  public static final Caller ANONYMOUS = new Caller("anonymous", Optional.empty());

  public Caller {
    if (audience.isPresent() && !LABEL.matcher(audience.get()).matches()) {
      throw new BadRequestException(
          "audience of %s must match %s, got '%s'".formatted(name, LABEL, audience.get()));
    }
  }
}
