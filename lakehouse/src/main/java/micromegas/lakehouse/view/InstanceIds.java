package micromegas.lakehouse.view;

import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import micromegas.common.BadRequestException;

/// Instance ids that are process or stream ids, as users write them.
public final class InstanceIds {
  private static final Pattern PLAIN = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern HYPHENATED =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private InstanceIds() {}

  /// Reads a UUID in any of its spellings: hyphenated or not, any case, in braces, or as a URN. One
  /// instance has one canonical id, so that every spelling shares its partitions.
  ///
  /// @throws BadRequestException for any other text
  public static UUID parse(String text) {
    String id = text.toLowerCase(Locale.ROOT);
    if (id.startsWith("urn:uuid:")) {
      id = id.substring("urn:uuid:".length());
    } else if (id.startsWith("{") && id.endsWith("}")) {
      id = id.substring(1, id.length() - 1);
    }
    if (PLAIN.matcher(id).matches()) {
      return new UUID(
          Long.parseUnsignedLong(id, 0, 16, 16), Long.parseUnsignedLong(id, 16, 32, 16));
    }
    if (!HYPHENATED.matcher(id).matches()) {
      throw new BadRequestException("Uuid::parse_str: '" + text + "' is not a UUID");
    }
    return UUID.fromString(id);
  }

  /// The canonical (lower-case, hyphenated) spelling.
  ///
  /// @throws BadRequestException when `text` is no UUID
  public static String canonical(String text) {
    return parse(text).toString();
  }
}
