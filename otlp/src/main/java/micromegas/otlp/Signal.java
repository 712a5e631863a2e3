package micromegas.otlp;

import micromegas.otlp.schema.MessageType;
import micromegas.otlp.schema.OtlpSchema;

/// The three kinds of telemetry that OTLP carries, and what they are called where.
public enum Signal {
  LOGS("logs", "log", "Logs", "resourceLogs"),
  METRICS("metrics", "metrics", "Metrics", "resourceMetrics"),
  TRACES("traces", "trace", "Trace", "resourceSpans");

  private final String label;
  private final String tag;
  private final String service;
  private final String listName;
  private final MessageType request;
  private final MessageType resource;

  Signal(String label, String tag, String service, String listName) {
    this.label = label;
    this.tag = tag;
    this.service = service;
    this.listName = listName;
    this.request = OtlpSchema.message("Export" + service + "ServiceRequest");
    this.resource =
        OtlpSchema.message(Character.toUpperCase(listName.charAt(0)) + listName.substring(1));
  }

  /// `logs`, `metrics` or `traces`: in paths, stream identities and messages.
  public String label() {
    return label;
  }

  /// Tag of a stream of this signal.
  public String tag() {
    return tag;
  }

  /// Format of a stream of this signal: how the payloads of its blocks are encoded.
  public String format() {
    return "otlp/v1/" + label;
  }

  /// Full name of the gRPC method that takes this signal, without leading slash.
  public String grpcMethod() {
    return "opentelemetry.proto.collector.%s.v1.%sService/Export"
        .formatted(this == TRACES ? "trace" : label, service);
  }

  /// JSON name of the list of resource messages in a request.
  public String listName() {
    return listName;
  }

  /// The message that a client sends; its only field is a list of [#resource] messages.
  public MessageType request() {
    return request;
  }

  /// The message that becomes one block: `ResourceLogs`, `ResourceMetrics` or `ResourceSpans`.
  public MessageType resource() {
    return resource;
  }
}
