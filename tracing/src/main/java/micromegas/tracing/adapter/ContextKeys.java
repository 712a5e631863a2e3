package micromegas.tracing.adapter;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import micromegas.tracing.settings.Setting;
import micromegas.tracing.settings.SettingSources;
import org.jspecify.annotations.Nullable;

/// The keys of a diagnostic context (MDC, thread context) that become properties of events. None
/// unless they are named: an id of a request would make each set of properties a new one.
/// Immutable.
public final class ContextKeys {
  public static final ContextKeys NONE = new ContextKeys(List.of());

  private final List<String> keys;

  private ContextKeys(List<String> keys) {
    this.keys = keys;
  }

  /// Keys separated by commas; blanks around them do not count.
  public static ContextKeys parse(@Nullable String list) {
    if (list == null || list.isBlank()) {
      return NONE;
    }
    LinkedHashSet<String> keys = new LinkedHashSet<>();
    Arrays.stream(list.split(",")).map(String::strip).filter(k -> !k.isEmpty()).forEach(keys::add);
    return keys.isEmpty() ? NONE : new ContextKeys(List.copyOf(keys));
  }

  /// Those of `MICROMEGAS_TELEMETRY_MDC`; none when settings cannot be read, which the start of
  /// telemetry complains about.
  public static ContextKeys ofProcess() {
    try {
      return parse(SettingSources.ofProcess().text(Setting.MICROMEGAS_TELEMETRY_MDC).orElse(null));
    } catch (IllegalArgumentException e) {
      return NONE;
    }
  }

  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /// Adds the pairs that the context has.
  ///
  /// @param context a value, or null, for each key; null for no context
  /// @param to null when there are no properties yet
  /// @return `to`, or new properties, or null when there are none still
  public @Nullable EventProperties copy(
      @Nullable UnaryOperator<@Nullable String> context, @Nullable EventProperties to) {
    EventProperties properties = to;
    for (int i = 0; context != null && i < keys.size(); i++) {
      properties = add(keys.get(i), context.apply(keys.get(i)), properties);
    }
    return properties;
  }

  /// Adds the pairs that the context has.
  ///
  /// @param to null when there are no properties yet
  /// @return `to`, or new properties, or null when there are none still
  public @Nullable EventProperties copy(
      @Nullable Map<String, String> context, @Nullable EventProperties to) {
    EventProperties properties = to;
    for (int i = 0; context != null && i < keys.size(); i++) {
      properties = add(keys.get(i), context.get(keys.get(i)), properties);
    }
    return properties;
  }

  private static @Nullable EventProperties add(
      String key, @Nullable String value, @Nullable EventProperties to) {
    if (value == null) {
      return to;
    }
    return (to == null ? new EventProperties() : to).add(key, value);
  }
}
