package micromegas.otlp.identity;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import micromegas.common.CorruptDataException;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.ProtoReader;

/// The attributes of a resource, their values rendered as text. Immutable.
public final class ResourceAttributes {
  /// Attributes that may name the owner of a process; the first that is not empty does.
  private static final List<String> OWNERS =
      List.of("process.owner", "process.user.name", "process.real_user.name", "user.name");

  private static final String CREATION = "process.creation.time";
  private static final String START = "process.start_time";

  /// @param value empty when the attribute has none
  private record Attribute(String key, Optional<String> value) {}

  private final List<Attribute> attributes;

  private ResourceAttributes(List<Attribute> attributes) {
    this.attributes = List.copyOf(attributes);
  }

  /// Reads a `Resource` message. An empty range is a resource without attributes.
  ///
  /// @throws CorruptDataException when it is not protobuf
  public static ResourceAttributes read(byte[] bytes, int begin, int end) {
    List<Attribute> attributes = new ArrayList<>();
    ProtoReader resource = new ProtoReader().over(bytes, begin, end);
    ProtoReader pair = new ProtoReader();
    while (resource.next()) {
      if (resource.tag() == OtlpTags.Resource.ATTRIBUTES) {
        attributes.add(attribute(pair.over(bytes, resource.begin(), resource.end()), bytes));
      }
    }
    return new ResourceAttributes(attributes);
  }

  private static Attribute attribute(ProtoReader pair, byte[] bytes) {
    String key = "";
    Optional<String> value = Optional.empty();
    while (pair.next()) {
      if (pair.tag() == OtlpTags.KeyValue.KEY) {
        key = new String(bytes, pair.begin(), pair.length(), StandardCharsets.UTF_8);
      } else if (pair.tag() == OtlpTags.KeyValue.VALUE) {
        value = Optional.of(AttributeText.of(bytes, pair.begin(), pair.end()));
      }
    }
    return new Attribute(key, value);
  }

  /// Text of the first attribute of this name; empty when there is none or it has no value.
  public String text(String key) {
    return find(key).orElse("");
  }

  /// Text of the first attribute of this name, when it has a value.
  public Optional<String> find(String key) {
    for (Attribute attribute : attributes) {
      if (attribute.key().equals(key)) {
        return attribute.value();
      }
    }
    return Optional.empty();
  }

  /// Who runs the process; empty when no attribute says.
  public String owner() {
    return OWNERS.stream().map(this::text).filter(name -> !name.isEmpty()).findFirst().orElse("");
  }

  /// When the process started, as part of its identity: the first of the two attributes that is not
  /// empty.
  public String startTime() {
    String creation = text(CREATION);
    return creation.isEmpty() ? text(START) : creation;
  }

  /// When the process started, for its row: the first of the two attributes that is there, which
  /// may be empty.
  public Optional<String> declaredStartTime() {
    return find(CREATION).or(() -> find(START));
  }

  /// Name of the program: `service.name`, behind `service.namespace` and a slash when there is one.
  public String program() {
    String namespace = text("service.namespace");
    String name = text("service.name");
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }

  /// All attributes as properties of a process, `otel.resource.` before each name, in their order.
  /// Of several with one name the last one counts.
  public Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    for (Attribute attribute : attributes) {
      properties.put("otel.resource." + attribute.key(), attribute.value().orElse(""));
    }
    return properties;
  }
}
