package micromegas.tracing.slf4j;

import java.util.function.UnaryOperator;
import micromegas.tracing.Level;
import micromegas.tracing.adapter.BackendLogger;
import micromegas.tracing.adapter.ContextKeys;
import micromegas.tracing.adapter.EventProperties;
import micromegas.tracing.adapter.Nesting;
import micromegas.tracing.adapter.Texts;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.MDCAdapter;

/// From the parts of a call to a line. Thread-safe; never throws.
final class LineWriter {
  private final Nesting nesting = new Nesting();
  private final UnaryOperator<@Nullable String> mdc;
  private final ContextKeys keys;

  LineWriter(MDCAdapter mdc, ContextKeys keys) {
    this.mdc = mdc::get;
    this.keys = keys;
  }

  /// Writes a line whose level is on.
  ///
  /// @param arguments without a last one that is `failure`
  /// @param properties of the call; those of the MDC give way to them
  void write(
      BackendLogger logger,
      Level level,
      @Nullable String pattern,
      @Nullable Object @Nullable [] arguments,
      @Nullable Throwable failure,
      @Nullable EventProperties properties) {
    if (!nesting.enter()) {
      return;
    }
    try {
      String text =
          arguments == null || arguments.length == 0 ? pattern : format(pattern, arguments);
      EventProperties all = keys.isEmpty() ? properties : withContext(properties);
      logger.log(level, text, EventProperties.setOf(all), failure);
    } finally {
      nesting.leave();
    }
  }

  private @Nullable EventProperties withContext(@Nullable EventProperties properties) {
    EventProperties context = keys.copy(mdc, null);
    if (context == null) {
      return properties;
    }
    return properties == null ? context : context.addAll(properties);
  }

  private static String format(@Nullable String pattern, @Nullable Object[] arguments) {
    try {
      return String.valueOf(MessageFormatter.basicArrayFormat(pattern, arguments));
    } catch (Exception | StackOverflowError | LinkageError e) {
      return Texts.unformatted(pattern, e);
    }
  }

  /// The level of a line; *info* for null.
  static Level level(org.slf4j.event.@Nullable Level level) {
    return switch (level == null ? org.slf4j.event.Level.INFO : level) {
      case ERROR -> Level.ERROR;
      case WARN -> Level.WARN;
      case INFO -> Level.INFO;
      case DEBUG -> Level.DEBUG;
      case TRACE -> Level.TRACE;
    };
  }
}
