package micromegas.transit;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/// An ordered sequence of events of one family, emitted by one process.
///
/// @param dependenciesMetadata layouts of the records in the `dependencies` buffer of its blocks
/// @param objectsMetadata layouts of the records in the `objects` buffer of its blocks
/// @param tags routing: `log`, `metrics`, `cpu`, `net`, `image`, `trace`
/// @param properties metadata such as `thread-name`
/// @param format how block payloads are encoded; `micromegas-transit` for native streams
public record StreamInfo(
    UUID processId,
    UUID streamId,
    List<UserDefinedType> dependenciesMetadata,
    List<UserDefinedType> objectsMetadata,
    List<String> tags,
    Map<String, String> properties,
    String format) {

  /// The format of every stream that arrives through the native protocol.
  public static final String TRANSIT_FORMAT = "micromegas-transit";

  public StreamInfo {
    dependenciesMetadata = List.copyOf(dependenciesMetadata);
    objectsMetadata = List.copyOf(objectsMetadata);
    tags = List.copyOf(tags);
    properties = Map.copyOf(properties);
  }
}
