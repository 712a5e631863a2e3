package micromegas.tracing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A text with `{}` that is being filled, argument by argument. Never throws: what an argument
/// cannot say about itself is said in its place. Used by one thread.
final class Pattern {
  private static final int GUESS = 64;

  private final String pattern;
  private final StringBuilder text;
  private int position;
  private @Nullable Throwable failure;

  Pattern(@Nullable String pattern) {
    this.pattern = String.valueOf(pattern);
    this.text = new StringBuilder(this.pattern.length() + GUESS);
  }

  Pattern add(@Nullable Object argument) {
    failure = null;
    if (next()) {
      append(argument);
    } else if (argument instanceof Throwable throwable) {
      failure = throwable;
    }
    return this;
  }

  Pattern add(long argument) {
    failure = null;
    if (next()) {
      text.append(argument);
    }
    return this;
  }

  Pattern add(double argument) {
    failure = null;
    if (next()) {
      text.append(argument);
    }
    return this;
  }

  /// A last argument that had no place.
  @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public String toString() {
    text.append(pattern, position, pattern.length());
    position = pattern.length();
    return text.toString();
  }

  /// Moves behind the next `{}`; a backslash before it takes its meaning away.
  private boolean next() {
    int from = position;
    while (true) {
      int at = pattern.indexOf("{}", from);
      if (at < 0) {
        return false;
      }
      if (at > 0 && pattern.charAt(at - 1) == '\\') {
        text.append(pattern, position, at - 1).append("{}");
        position = at + 2;
        from = position;
        continue;
      }
      text.append(pattern, position, at);
      position = at + 2;
      return true;
    }
  }

  private void append(@Nullable Object argument) {
    try {
      if (argument != null && argument.getClass().isArray()) {
        text.append(array(argument));
      } else {
        text.append(argument);
      }
    } catch (Exception | StackOverflowError e) {
      text.append("[toString() failed: ").append(e.getClass().getName()).append(']');
    }
  }

  private static String array(Object array) {
    if (array instanceof Object[] objects) {
      return Arrays.deepToString(objects);
    }
    String list = Arrays.deepToString(new Object[] {array});
    return list.substring(1, list.length() - 1);
  }
}
