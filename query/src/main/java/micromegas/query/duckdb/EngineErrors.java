package micromegas.query.duckdb;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import micromegas.common.BadRequestException;
import micromegas.common.MicromegasException;
import micromegas.common.ResourceExhaustedException;
import micromegas.common.UnavailableException;

/// Maps what the engine says to the family of errors.
final class EngineErrors {
  // How arrow-c-data wraps the text of an error that a stream reports.
  private static final Pattern STREAM_ERROR =
      Pattern.compile(
          "\\[errno -?\\d+\\] CDataJniException\\{errno=-?\\d+, message=(.*)\\}", Pattern.DOTALL);
  private static final Pattern UNKNOWN_COLUMN =
      Pattern.compile("Referenced column \"([^\"]*)\" (?:was )?not found");

  private EngineErrors() {}

  /// The engine's own words in any exception that a call can throw.
  static EngineException unwrap(Throwable error) {
    if (error instanceof EngineException engine) {
      return engine;
    }
    String message = String.valueOf(error.getMessage());
    Matcher wrapped = STREAM_ERROR.matcher(message);
    return new EngineException(wrapped.matches() ? wrapped.group(1) : message);
  }

  static MicromegasException map(EngineException error) {
    String text = withoutPosition(String.valueOf(error.getMessage()));
    int colon = text.indexOf(" Error: ");
    String kind = colon < 0 ? "" : text.substring(0, colon);
    if (error.isFatal()) {
      return new UnavailableException(
          "the query engine failed and was restarted; send the query again: " + text, error);
    }
    if (text.contains("max_temp_directory_size")) {
      return new ResourceExhaustedException(
          "the space for what queries spill (max-temp-directory-mb) is used up: " + text, error);
    }
    return switch (kind) {
      case "Out of Memory" ->
          new ResourceExhaustedException(
              "the query engine's memory (--memory) is used up: " + text, error);
      case "IO" -> new UnavailableException("a file of the lake cannot be read: " + text, error);
      case "INTERRUPT" -> new UnavailableException("the query was cancelled", error);
      case "Binder" -> new BadRequestException(binder(text), error);
      case "" -> new UnavailableException("the query engine failed: " + text, error);
      default -> new BadRequestException(text, error);
    };
  }

  private static String binder(String text) {
    Matcher column = UNKNOWN_COLUMN.matcher(text);
    return column.find() ? "Schema error: No field named " + column.group(1) + ". " + text : text;
  }

  /// The engine marks the place in the SQL that it was given, which is not the user's SQL.
  private static String withoutPosition(String text) {
    int line = text.indexOf("\n\nLINE ");
    return line < 0 ? text : text.substring(0, line);
  }
}
