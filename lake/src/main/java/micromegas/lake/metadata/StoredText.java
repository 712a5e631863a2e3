package micromegas.lake.metadata;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes text fit for PostgreSQL. Telemetry is kept with a warning rather than refused for a name.
final class StoredText {
  private static final Logger LOG = LoggerFactory.getLogger(StoredText.class);

  /// Characters of a process column, `VARCHAR(255)`.
  static final int MAX_CHARACTERS = 255;

  private static final char REPLACEMENT = '\uFFFD';

  private StoredText() {}

  /// Replaces what PostgreSQL cannot keep: U+0000 and unpaired surrogates.
  static String storable(String text, Object id, String field) {
    int length = text.length();
    int i = 0;
    while (i < length && !isBad(text, i)) {
      i += Character.isHighSurrogate(text.charAt(i)) ? 2 : 1;
    }
    if (i >= length) {
      return text;
    }
    StringBuilder clean = new StringBuilder(length);
    clean.append(text, 0, i);
    while (i < length) {
      if (isBad(text, i)) {
        clean.append(REPLACEMENT);
        i++;
      } else {
        int codePoint = text.codePointAt(i);
        clean.appendCodePoint(codePoint);
        i += Character.charCount(codePoint);
      }
    }
    LOG.warn("{} of {} held characters that cannot be stored; they were replaced", field, id);
    return clean.toString();
  }

  /// The same, cut to the width of a process column.
  static String processColumn(String text, Object id, String field) {
    String clean = storable(text, id, field);
    if (clean.length() <= MAX_CHARACTERS
        || clean.codePointCount(0, clean.length()) <= MAX_CHARACTERS) {
      return clean;
    }
    LOG.warn("{} of {} has more than {} characters and was cut", field, id, MAX_CHARACTERS);
    return clean.substring(0, clean.offsetByCodePoints(0, MAX_CHARACTERS));
  }

  private static boolean isBad(String text, int index) {
    char c = text.charAt(index);
    if (c == 0 || Character.isLowSurrogate(c)) {
      return true;
    }
    return Character.isHighSurrogate(c)
        && (index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1)));
  }
}
