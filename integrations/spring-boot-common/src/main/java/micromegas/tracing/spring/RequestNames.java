package micromegas.tracing.spring;

import java.util.Set;

/// Names of requests. The route of a request is known only after its span has begun, and a path has
/// ids in it, so parts of a path that look like one become `{}`: `/orders/17/lines` is `GET
/// /orders/{}/lines`.
final class RequestNames {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");
  private static final int MAX_PARTS = 8;
  private static final int MAX_LETTERS = 32;

  private RequestNames() {}

  static String name(String method, String path) {
    StringBuilder name = new StringBuilder(METHODS.contains(method) ? method : "OTHER").append(' ');
    int begin = 0;
    for (int part = 0; part < MAX_PARTS; part++) {
      begin = skipSlashes(path, begin);
      if (begin == path.length()) {
        return part == 0 ? name.append('/').toString() : name.toString();
      }
      int end = path.indexOf('/', begin);
      end = end < 0 ? path.length() : end;
      name.append('/');
      if (isWord(path, begin, end)) {
        name.append(path, begin, end);
      } else {
        name.append("{}");
      }
      begin = end;
    }
    return name.append("/…").toString();
  }

  private static int skipSlashes(String path, int begin) {
    int at = begin;
    while (at < path.length() && path.charAt(at) == '/') {
      at++;
    }
    return at;
  }

  /// Whether a part is a name that a programmer has given: short, of letters, without more digits
  /// than a version has.
  private static boolean isWord(String path, int begin, int end) {
    if (end - begin > MAX_LETTERS) {
      return false;
    }
    for (int i = begin; i < end; i++) {
      char c = path.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_';
      boolean version = c >= '0' && c <= '9' && end - begin == 2 && path.charAt(begin) == 'v';
      if (!letter && !version && c != '.') {
        return false;
      }
    }
    return true;
  }
}
