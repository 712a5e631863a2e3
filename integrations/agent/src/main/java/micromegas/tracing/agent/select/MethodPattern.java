package micromegas.tracing.agent.select;

import java.util.regex.Pattern;

/// `package.Class#method`, in which `*` stands for any characters. Immutable.
public record MethodPattern(Pattern type, Pattern method) {

  /// Reads a pattern.
  ///
  /// @throws IllegalArgumentException when it has no class, no method, or other characters
  public static MethodPattern parse(String text) {
    String[] halves = text.split("#", -1);
    if (halves.length != 2 || halves[0].isEmpty() || halves[1].isEmpty()) {
      throw new IllegalArgumentException("no package.Class#method: \"" + text + "\"");
    }
    return new MethodPattern(glob(halves[0], text), glob(halves[1], text));
  }

  private static Pattern glob(String half, String text) {
    StringBuilder regex = new StringBuilder();
    for (char c : half.toCharArray()) {
      if (c == '*') {
        regex.append(".*");
      } else if (c == '.' || Character.isJavaIdentifierPart(c)) {
        regex.append(Pattern.quote(String.valueOf(c)));
      } else {
        throw new IllegalArgumentException("'" + c + "' in the pattern \"" + text + "\"");
      }
    }
    return Pattern.compile(regex.toString());
  }

  boolean matchesType(String name) {
    return type.matcher(name).matches();
  }

  boolean matches(String typeName, String methodName) {
    return matchesType(typeName) && method.matcher(methodName).matches();
  }
}
