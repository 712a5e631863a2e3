package micromegas.ingestion.aws;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import micromegas.common.CorruptDataException;
import micromegas.ingestion.otlp.LogMessage;
import org.jspecify.annotations.Nullable;

/// Translates what a subscription to CloudWatch logs sends. A log group is a service, a log stream
/// an instance of it. Stateless.
final class CloudWatchLogs {
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private record Event(String id, long timestamp, String message) {}

  private CloudWatchLogs() {}

  /// The log events as a canonical `ResourceLogs` message; empty when there are none.
  ///
  /// @throws CorruptDataException when it is not the JSON of a subscription
  static Optional<byte[]> message(byte[] json, int length) {
    Subscription subscription = new Subscription();
    try (JsonParser parser = FirehoseDelivery.JSON.createParser(json, 0, length)) {
      subscription.read(parser);
    } catch (IOException e) {
      throw new CorruptDataException(String.valueOf(e.getMessage()), e);
    }
    return subscription.message();
  }

  private static final class Subscription {
    private @Nullable String messageType;
    private @Nullable String owner;
    private @Nullable String logGroup;
    private @Nullable String logStream;
    private final List<Event> events = new ArrayList<>();

    void read(JsonParser parser) throws IOException {
      object(parser, "a subscription message");
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "messageType" -> messageType = text(parser, name);
          case "owner" -> owner = text(parser, name);
          case "logGroup" -> logGroup = text(parser, name);
          case "logStream" -> logStream = text(parser, name);
          case "logEvents" -> {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
              throw new CorruptDataException("logEvents is an array");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
              events.add(event(parser));
            }
          }
          default -> parser.skipChildren();
        }
      }
      required(messageType, "messageType");
      required(owner, "owner");
      required(logGroup, "logGroup");
      required(logStream, "logStream");
    }

    Optional<byte[]> message() {
      if ("CONTROL_MESSAGE".equals(messageType) || events.isEmpty()) {
        return Optional.empty();
      }
      String group = Objects.requireNonNull(logGroup);
      String stream = Objects.requireNonNull(logStream);
      LogMessage message = new LogMessage();
      message.attribute("service.name", group);
      message.attribute("service.instance.id", stream);
      message.attribute("cloud.account.id", Objects.requireNonNull(owner));
      message.attribute("aws.log.group.name", group);
      message.attribute("aws.log.stream.name", stream);
      for (Event event : events) {
        message.record(nanos(event.timestamp()), 0, event.message(), Optional.of(event.id()));
      }
      return Optional.of(message.canonical());
    }
  }

  private static Event event(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new CorruptDataException("a log event is an object");
    }
    @Nullable String id = null;
    @Nullable String message = null;
    @Nullable Long timestamp = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      switch (name) {
        case "id" -> id = text(parser, name);
        case "message" -> message = text(parser, name);
        case "timestamp" -> {
          if (token != JsonToken.VALUE_NUMBER_INT) {
            throw new CorruptDataException("timestamp is a whole number");
          }
          timestamp = parser.getLongValue();
        }
        default -> parser.skipChildren();
      }
    }
    if (id == null || message == null || timestamp == null) {
      throw new CorruptDataException("a log event has an id, a timestamp and a message");
    }
    if (timestamp < 0) {
      throw new CorruptDataException(
          "log event " + id + " has the negative timestamp " + timestamp);
    }
    return new Event(id, timestamp, message);
  }

  private static void object(JsonParser parser, String what) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new CorruptDataException(what + " is an object");
    }
  }

  private static String text(JsonParser parser, String name) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw new CorruptDataException(name + " is text");
    }
    return parser.getText();
  }

  private static void required(@Nullable Object value, String name) {
    if (value == null) {
      throw new CorruptDataException(name + " is missing");
    }
  }

  /// The largest unsigned time stands for what is beyond it.
  private static long nanos(long millis) {
    return millis > Long.divideUnsigned(-1, NANOS_PER_MILLI) ? -1 : millis * NANOS_PER_MILLI;
  }
}
