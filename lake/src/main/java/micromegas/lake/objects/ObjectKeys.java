package micromegas.lake.objects;

import micromegas.common.BadRequestException;

/// What may be a key: relative, `/`-separated, without a segment that leaves the lake root.
final class ObjectKeys {
  private static final int MAX_LENGTH = 1024;

  private ObjectKeys() {}

  /// @throws BadRequestException when `key` is none
  static void check(String key) {
    boolean bad = key.isEmpty() || key.length() > MAX_LENGTH || key.indexOf('\\') >= 0;
    for (int i = 0; i < key.length() && !bad; i++) {
      bad = key.charAt(i) < ' ';
    }
    if (!bad) {
      for (String segment : key.split("/", -1)) {
        bad |= segment.isEmpty() || segment.equals(".") || segment.equals("..");
      }
    }
    if (bad) {
      throw new BadRequestException("not an object key: \"" + key + "\"");
    }
  }

  /// A prefix of keys; may be empty, and may end with a slash.
  static void checkPrefix(String prefix) {
    if (!prefix.isEmpty()) {
      check(prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix);
    }
  }
}
