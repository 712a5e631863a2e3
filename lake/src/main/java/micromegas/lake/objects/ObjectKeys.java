package micromegas.lake.objects;

import micromegas.common.BadRequestException;

/// What may be a key: relative, `/`-separated, without a segment that leaves the lake root.
final class ObjectKeys {
  private static final int MAX_LENGTH = 1024;

  private ObjectKeys() {}

  /// @throws BadRequestException when `key` is none
  static void check(String key) {
    boolean bad = key.isEmpty() || key.length() > MAX_LENGTH || key.indexOf('\\') >= 0;
    int begin = 0;
    for (int i = 0; i <= key.length() && !bad; i++) {
      if (i == key.length() || key.charAt(i) == '/') {
        bad = leaves(key, begin, i);
        begin = i + 1;
      } else {
        bad = key.charAt(i) < ' ';
      }
    }
    if (bad) {
      throw new BadRequestException("not an object key: \"" + key + "\"");
    }
  }

  /// Whether the segment `key[begin, end)` is empty, `.` or `..`.
  private static boolean leaves(String key, int begin, int end) {
    return end - begin <= 2 && "..".startsWith(key.substring(begin, end));
  }

  /// A prefix of keys; may be empty, and may end with a slash.
  static void checkPrefix(String prefix) {
    if (!prefix.isEmpty()) {
      check(prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix);
    }
  }
}
