package micromegas.lake.envelope;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The rules that all maps of the wire share: every field exactly once, ids and times as text.
final class Fields {
  private Fields() {}

  /// `value`, unless the field was there before.
  static <T> T once(CborReader in, String key, @Nullable T before, T value)
      throws MalformedCborException {
    if (before != null) {
      throw in.malformed("duplicate field " + key);
    }
    return value;
  }

  static <T> T required(CborReader in, String key, @Nullable T value)
      throws MalformedCborException {
    if (value == null) {
      throw in.malformed("missing field " + key);
    }
    return value;
  }

  static UUID uuid(CborReader in) throws MalformedCborException {
    return uuid(in, in.readText());
  }

  static UUID uuid(CborReader in, String text) throws MalformedCborException {
    UUID id = UuidText.parse(text);
    if (id == null) {
      throw in.malformed("not a UUID: " + shortened(text));
    }
    return id;
  }

  static Instant strictTime(CborReader in) throws MalformedCborException {
    String text = in.readText();
    return time(in, text, WireTime.parseStrict(text));
  }

  static Instant lenientTime(CborReader in) throws MalformedCborException {
    String text = in.readText();
    return time(in, text, WireTime.parseLenient(text));
  }

  /// A map of texts; of equal keys the last one wins.
  static Map<String, String> properties(CborReader in, EnvelopeLimits limits)
      throws MalformedCborException {
    Map<String, String> properties = new HashMap<>();
    in.beginMap();
    for (String key = in.nextKey(); key != null; key = in.nextKey()) {
      properties.put(key, in.readText());
      if (properties.size() > limits.maxProperties()) {
        throw in.malformed("more than " + limits.maxProperties() + " properties");
      }
    }
    return properties;
  }

  private static Instant time(CborReader in, String text, @Nullable Instant parsed)
      throws MalformedCborException {
    if (parsed == null) {
      throw in.malformed("not an RFC 3339 time: " + shortened(text));
    }
    return parsed;
  }

  private static String shortened(String text) {
    return '"' + (text.length() > 64 ? text.substring(0, 64) + "…" : text) + '"';
  }
}
