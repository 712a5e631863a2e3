package micromegas.tracing.agent.advice;

import java.util.Set;

/// Paths of URLs without what differs from call to call: a part that is no plain word becomes `*`.
/// Stateless.
final class PathShape {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");
  private static final int MAX_PARTS = 8;
  private static final int MAX_LETTERS = 32;

  private PathShape() {}

  /// A method of HTTP, or `OTHER` for what a client has made up.
  static String method(String method) {
    return METHODS.contains(method) ? method : "OTHER";
  }

  /// The path of what a request asks for, which may be a whole URL.
  static String pathOf(String target) {
    int host = target.indexOf("://");
    if (host < 0 || target.startsWith("/")) {
      return target;
    }
    int path = target.indexOf('/', host + "://".length());
    return path < 0 ? "/" : target.substring(path);
  }

  /// @param path what follows a `?` or `;` does not count
  static String of(String path) {
    StringBuilder shape = new StringBuilder();
    int parts = 0;
    for (String part : path.split("[?;]", 2)[0].split("/", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      if (parts++ == MAX_PARTS) {
        return shape.append("/…").toString();
      }
      shape.append('/').append(isWord(part) ? part : "*");
    }
    return shape.length() == 0 ? "/" : shape.toString();
  }

  /// Whether a part is a name that a programmer has given: short, of letters, with no digit but
  /// that of a version (`v1`).
  private static boolean isWord(String part) {
    if (part.length() > MAX_LETTERS) {
      return false;
    }
    if (part.length() == 2 && part.charAt(0) == 'v' && Character.isDigit(part.charAt(1))) {
      return true;
    }
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      if (!letter && c != '-' && c != '_' && c != '.') {
        return false;
      }
    }
    return true;
  }
}
