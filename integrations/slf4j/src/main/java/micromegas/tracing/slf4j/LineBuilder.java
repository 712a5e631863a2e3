package micromegas.tracing.slf4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import micromegas.tracing.adapter.BackendLogger;
import micromegas.tracing.adapter.EventProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventBuilder;

/// One line of the fluent API. Used by one thread.
final class LineBuilder implements LoggingEventBuilder {
  private final BackendLogger logger;
  private final LineWriter writer;
  private final @Nullable Level level;
  private final List<@Nullable Object> arguments = new ArrayList<>(4);
  private @Nullable EventProperties properties;
  private @Nullable String pattern;
  private @Nullable Throwable cause;

  LineBuilder(BackendLogger logger, LineWriter writer, @Nullable Level level) {
    this.logger = logger;
    this.writer = writer;
    this.level = level;
  }

  private EventProperties properties() {
    EventProperties there = properties;
    if (there == null) {
      there = new EventProperties();
      properties = there;
    }
    return there;
  }

  @Override
  public LoggingEventBuilder setCause(@Nullable Throwable newCause) {
    cause = newCause;
    return this;
  }

  @Override
  public LoggingEventBuilder addMarker(@Nullable Marker marker) {
    if (marker != null) {
      properties().marker(marker.getName());
    }
    return this;
  }

  @Override
  public LoggingEventBuilder addArgument(@Nullable Object argument) {
    arguments.add(argument);
    return this;
  }

  @Override
  public LoggingEventBuilder addArgument(@Nullable Supplier<?> argument) {
    return addArgument(get(argument));
  }

  @Override
  public LoggingEventBuilder addKeyValue(@Nullable String key, @Nullable Object value) {
    properties().add(key, value);
    return this;
  }

  @Override
  public LoggingEventBuilder addKeyValue(
      @Nullable String key, @Nullable Supplier<@Nullable Object> value) {
    return addKeyValue(key, get(value));
  }

  @Override
  public LoggingEventBuilder setMessage(@Nullable String message) {
    pattern = message;
    return this;
  }

  @Override
  public LoggingEventBuilder setMessage(@Nullable Supplier<@Nullable String> message) {
    Object text = get(message);
    return setMessage(text == null ? null : text.toString());
  }

  @Override
  public void log() {
    Object[] all = arguments.toArray();
    Throwable failure = cause;
    if (failure == null) {
      failure = MessageFormatter.getThrowableCandidate(all);
      if (failure != null) {
        all = Arrays.copyOf(all, all.length - 1);
      }
    }
    writer.write(logger, LineWriter.level(level), pattern, all, failure, properties);
  }

  @Override
  public void log(@Nullable String message) {
    setMessage(message).log();
  }

  @Override
  public void log(@Nullable String message, @Nullable Object argument) {
    addArgument(argument).log(message);
  }

  @Override
  public void log(@Nullable String message, @Nullable Object first, @Nullable Object second) {
    addArgument(first).addArgument(second).log(message);
  }

  @Override
  public void log(@Nullable String message, @Nullable Object @Nullable ... more) {
    if (more != null) {
      arguments.addAll(Arrays.asList(more));
    }
    log(message);
  }

  @Override
  public void log(@Nullable Supplier<@Nullable String> message) {
    setMessage(message).log();
  }

  /// What a supplier of the application says, or that it failed.
  private static @Nullable Object get(@Nullable Supplier<?> supplier) {
    if (supplier == null) {
      return null;
    }
    try {
      return supplier.get();
    } catch (Exception | StackOverflowError | LinkageError e) {
      return "[supplier failed: " + e.getClass().getName() + "]";
    }
  }
}
