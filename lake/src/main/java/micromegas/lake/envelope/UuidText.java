package micromegas.lake.envelope;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The spellings of a UUID that the wire accepts: hyphenated, 32 digits, in braces, as a URN; any
/// case.
final class UuidText {
  private UuidText() {}

  /// The id, or null when `text` is no UUID.
  static @Nullable UUID parse(String text) {
    String digits = text;
    if (text.length() == 38 && text.startsWith("{") && text.endsWith("}")) {
      digits = text.substring(1, 37);
    } else if (text.length() == 45 && text.startsWith("urn:uuid:")) {
      digits = text.substring(9);
    }
    boolean hyphenated = digits.length() == 36;
    if (!hyphenated && digits.length() != 32) {
      return null;
    }
    long high = 0;
    long low = 0;
    int count = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (hyphenated && (i == 8 || i == 13 || i == 18 || i == 23)) {
        if (c != '-') {
          return null;
        }
        continue;
      }
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return null;
      }
      if (count++ < 16) {
        high = high << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
    }
    return new UUID(high, low);
  }
}
