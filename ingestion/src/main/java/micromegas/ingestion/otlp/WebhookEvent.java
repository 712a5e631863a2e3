package micromegas.ingestion.otlp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// An event that is posted as it is and becomes one log record.
///
/// @param serviceName resource attribute `service.name`
/// @param serviceNamespace resource attribute `service.namespace`
/// @param target name of the scope, which is the target of the log entry
/// @param headers all headers of the request; they tell events with equal bodies apart
public record WebhookEvent(
    Optional<String> serviceName,
    Optional<String> serviceNamespace,
    Optional<String> target,
    List<NameValue> headers) {

  /// One value of a header.
  ///
  /// @param name in lower case
  public record NameValue(String name, String value) {}

  private static final int INFO = 9;

  /// The log record as a canonical `ResourceLogs` message. It has no time, so the time of arrival
  /// counts. Bytes that are not UTF-8 become U+FFFD.
  public byte[] message(byte[] body, int length) {
    LogMessage message = new LogMessage();
    serviceName.ifPresent(name -> message.attribute("service.name", name));
    serviceNamespace.ifPresent(name -> message.attribute("service.namespace", name));
    message.scope(target.orElse(""));
    message.record(0, INFO, new String(body, 0, length, StandardCharsets.UTF_8), Optional.empty());
    return message.canonical();
  }

  /// What tells this event apart from one with an equal message: all headers, sorted.
  public byte[] context() {
    ByteArrayOutputStream context = new ByteArrayOutputStream();
    headers.stream()
        .sorted(Comparator.comparing(NameValue::name).thenComparing(NameValue::value))
        .forEach(header -> {
          context.writeBytes(header.name().getBytes(StandardCharsets.UTF_8));
          context.write(0);
          context.writeBytes(header.value().getBytes(StandardCharsets.UTF_8));
          context.write(0);
        });
    return context.toByteArray();
  }
}
