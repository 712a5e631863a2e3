package micromegas.ingestion.otlp;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/// Text as JSON. Stateless.
public final class JsonText {
  private JsonText() {}

  /// `text` in double quotes, escaped.
  public static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }
}
