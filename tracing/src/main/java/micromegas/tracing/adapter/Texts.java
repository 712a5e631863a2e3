package micromegas.tracing.adapter;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/// Texts of objects of the application that may fail to say what they are. Stateless; never throws.
public final class Texts {
  private Texts() {}

  /// What an object says about itself, or that it failed to.
  public static String of(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    try {
      return String.valueOf(value);
    } catch (Exception | StackOverflowError | LinkageError e) {
      return "[toString() failed: " + e.getClass().getName() + "]";
    }
  }

  /// The text of an event that could not be formatted.
  ///
  /// @param pattern what was to be formatted
  public static String unformatted(@Nullable String pattern, @Nullable Throwable why) {
    return pattern + " [formatting failed: " + (why == null ? "" : why.getClass().getName()) + "]";
  }

  /// The text of an event, with the stack trace of a failure.
  public static String withStackTrace(@Nullable String text, @Nullable Throwable failure) {
    return failure == null ? String.valueOf(text) : text + '\n' + stackTrace(failure);
  }

  /// The stack trace with its causes, as [Throwable#printStackTrace()] prints it, without the last
  /// line end.
  public static String stackTrace(@Nullable Throwable failure) {
    if (failure == null) {
      return "null";
    }
    StringWriter text = new StringWriter();
    try (PrintWriter out = new PrintWriter(text)) {
      failure.printStackTrace(out);
    } catch (Exception | StackOverflowError | LinkageError e) { // of an overridden method
      return failure.getClass().getName() + " [printing it failed: " + e.getClass().getName() + "]";
    }
    return text.toString().stripTrailing();
  }
}
