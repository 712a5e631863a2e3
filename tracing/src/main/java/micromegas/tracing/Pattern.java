package micromegas.tracing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A template that is being filled, argument by argument. Never throws: what an argument cannot say
/// about itself is said in its place. Used by one thread.
final class Pattern {
  private static final int GUESS = 32;

  private final Template template;
  private final StringBuilder text;
  private int place;
  private @Nullable Throwable failure;

  Pattern(Template template) {
    this.template = template;
    this.text = new StringBuilder(template.source().length() + GUESS);
  }

  Pattern add(@Nullable Object argument) {
    failure = null;
    if (place < template.places()) {
      text.append(template.piece(place++));
      append(argument);
    } else if (argument instanceof Throwable throwable) {
      failure = throwable;
    }
    return this;
  }

  Pattern add(long argument) {
    failure = null;
    if (place < template.places()) {
      text.append(template.piece(place++)).append(argument);
    }
    return this;
  }

  Pattern add(double argument) {
    failure = null;
    if (place < template.places()) {
      text.append(template.piece(place++)).append(argument);
    }
    return this;
  }

  /// A last argument that had no place.
  @Nullable Throwable failure() {
    return failure;
  }

  /// The text; places without an argument stay as they are.
  @Override
  public String toString() {
    while (place < template.places()) {
      text.append(template.piece(place++)).append("{}");
    }
    return text.append(template.piece(place)).toString();
  }

  private void append(@Nullable Object argument) {
    if (argument instanceof String string) {
      text.append(string);
      return;
    }
    int begin = text.length();
    try {
      if (argument != null && argument.getClass().isArray()) {
        text.append(array(argument));
      } else {
        text.append(argument);
      }
    } catch (Exception | StackOverflowError e) {
      text.setLength(begin);
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
