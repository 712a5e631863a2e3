package micromegas.tracing.agent.advice;

/// Paths of URLs without what differs from call to call: a part with a digit in it becomes `*`.
/// Stateless.
final class PathShape {
  private static final int MAX_PARTS = 8;

  private PathShape() {}

  /// @param path null for none; what follows a `?` or `;` does not count
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
      shape.append('/').append(part.chars().anyMatch(Character::isDigit) ? "*" : part);
    }
    return shape.length() == 0 ? "/" : shape.toString();
  }
}
