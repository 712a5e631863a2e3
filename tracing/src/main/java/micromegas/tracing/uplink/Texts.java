package micromegas.tracing.uplink;

/// Texts that servers can store.
public final class Texts {
  /// Servers keep names of processes and threads in columns of this length.
  private static final int MAX = 255;

  private Texts() {}

  /// The text without NUL, which databases refuse, and not longer than servers take it.
  public static String storable(String text) {
    String clean = text.indexOf('\0') < 0 ? text : text.replace("\0", "");
    if (clean.length() <= MAX) {
      return clean;
    }
    return clean.substring(0, Character.isHighSurrogate(clean.charAt(MAX - 1)) ? MAX - 1 : MAX);
  }
}
