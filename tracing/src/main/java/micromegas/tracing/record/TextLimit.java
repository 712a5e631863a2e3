package micromegas.tracing.record;

import java.util.Locale;

/// How much of a text may be recorded. Stateless.
public final class TextLimit {
  /// Room for the note that says how much of a text was cut.
  private static final int NOTE_BYTES = 48;

  private TextLimit() {}

  /// The text, or as much of it as has at most `maxBytes` bytes in UTF-8, with a note.
  public static String fitting(String text, int maxBytes) {
    return text.length() <= maxBytes / 3
            || text.length() <= maxBytes && TextEncoder.length(text) <= maxBytes
        ? text
        : cut(text, maxBytes);
  }

  /// Bytes in UTF-8.
  public static int bytes(String text) {
    return TextEncoder.length(text);
  }

  private static String cut(String text, int maxBytes) {
    int chars = TextEncoder.fitting(text, Math.max(0, maxBytes - NOTE_BYTES));
    return text.substring(0, chars)
        + String.format(Locale.ROOT, "… (%d more characters)", text.length() - chars);
  }
}
