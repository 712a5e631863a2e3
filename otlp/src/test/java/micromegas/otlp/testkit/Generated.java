package micromegas.otlp.testkit;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.CommonProto;
import io.opentelemetry.proto.logs.v1.LogsProto;
import io.opentelemetry.proto.metrics.v1.MetricsProto;
import io.opentelemetry.proto.resource.v1.ResourceProto;
import io.opentelemetry.proto.trace.v1.TraceProto;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import micromegas.otlp.Signal;

/// The classes that protobuf's compiler generated from the definitions of OTLP.
public final class Generated {
  private Generated() {}

  /// An empty request of a signal.
  public static Message request(Signal signal) {
    return switch (signal) {
      case LOGS -> ExportLogsServiceRequest.getDefaultInstance();
      case METRICS -> ExportMetricsServiceRequest.getDefaultInstance();
      case TRACES -> ExportTraceServiceRequest.getDefaultInstance();
    };
  }

  /// All messages of the definitions that a request can contain, by simple name.
  public static Map<String, Descriptor> messages() {
    Map<String, Descriptor> messages = new LinkedHashMap<>();
    for (FileDescriptor file :
        List.of(
            CommonProto.getDescriptor(),
            ResourceProto.getDescriptor(),
            LogsProto.getDescriptor(),
            MetricsProto.getDescriptor(),
            TraceProto.getDescriptor())) {
      file.getMessageTypes().forEach(type -> add(type, messages));
    }
    for (Signal signal : Signal.values()) {
      add(request(signal).getDescriptorForType(), messages);
    }
    List.of("LogsData", "MetricsData", "TracesData").forEach(messages::remove);
    return messages;
  }

  private static void add(Descriptor type, Map<String, Descriptor> messages) {
    messages.put(type.getName(), type);
    type.getNestedTypes().forEach(nested -> add(nested, messages));
  }
}
