package micromegas.otlp.identity;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import micromegas.otlp.Signal;

/// The ids of processes, streams and blocks that come through OTLP, which has none of its own: they
/// are computed from the content, so that a retry, also one to another server, meets what the first
/// attempt stored. The same ids as the reference implementation's. Stateless.
public final class OtlpIds {
  private static final UUID PROCESS = UUID.fromString("80a447b8-fcdd-42a6-a613-f6c8719cd5fe");
  private static final UUID STREAM = UUID.fromString("fe93bacf-e851-4cf6-8526-05f8454b3488");
  private static final UUID BLOCK = UUID.fromString("5829a6f7-0577-4c8c-862f-cf4fdab445cc");

  /// Unit separator, between the parts of a name.
  private static final String SEPARATOR = "\u001f";

  /// White space at either end, as Unicode defines it.
  private static final Pattern MARGINS =
      Pattern.compile("^\\p{IsWhite_Space}+|\\p{IsWhite_Space}+$");

  private static final List<String> BEFORE_OWNER =
      List.of("service.namespace", "service.name", "service.instance.id");
  private static final List<String> AFTER_OWNER =
      List.of(
          "os.type",
          "os.version",
          "os.name",
          "os.description",
          "os.build_id",
          "host.arch",
          "host.type",
          "host.image.id",
          "host.image.name",
          "host.image.version",
          "host.cpu.model.id",
          "host.cpu.model.name",
          "host.cpu.family",
          "host.cpu.vendor.id",
          "host.cpu.stepping",
          "host.cpu.cache.l2.size",
          "service.version",
          "telemetry.sdk.name",
          "telemetry.sdk.language",
          "telemetry.sdk.version",
          "process.runtime.name",
          "process.runtime.version",
          "process.runtime.description");

  private OtlpIds() {}

  /// The process that a resource describes: a hash over 31 of its attributes.
  ///
  /// @param audience write audience of the sender, which gets processes of its own
  public static UUID process(ResourceAttributes resource, Optional<String> audience) {
    StringBuilder name = new StringBuilder();
    name.append(normal(resource.text("host.id")));
    append(name, normal(resource.text("host.name")));
    append(name, resource.text("process.pid"));
    append(name, resource.startTime());
    BEFORE_OWNER.forEach(key -> append(name, normal(resource.text(key))));
    append(name, normal(resource.owner()));
    AFTER_OWNER.forEach(key -> append(name, normal(resource.text(key))));
    UUID namespace =
        audience.map(label -> new NameUuid(PROCESS).with(label).uuid()).orElse(PROCESS);
    return new NameUuid(namespace).with(name.toString()).uuid();
  }

  /// The stream of a process for one signal.
  public static UUID stream(UUID process, Signal signal) {
    return new NameUuid(STREAM).with(process + SEPARATOR + signal.label()).uuid();
  }

  /// The block that holds `message`.
  ///
  /// @param audience write audience of the sender
  /// @param context what tells equal messages apart; empty except for webhooks
  /// @param message the canonical form of a resource message
  public static UUID block(Optional<String> audience, byte[] context, byte[] message) {
    NameUuid name = new NameUuid(BLOCK);
    audience.ifPresent(label -> name.with("aud" + SEPARATOR + label + SEPARATOR));
    return name.with(context).with(message).uuid();
  }

  /// Whether nothing in the resource tells two instances of one service apart.
  public static boolean isDegenerate(ResourceAttributes resource) {
    return normal(resource.text("host.id")).isEmpty()
        && normal(resource.text("host.name")).isEmpty()
        && resource.text("process.pid").isEmpty()
        && normal(resource.text("service.instance.id")).isEmpty();
  }

  /// Without white space at the ends, ASCII letters in lower case.
  public static String normal(String text) {
    String trimmed = trimmed(text);
    for (int i = 0; i < trimmed.length(); i++) {
      char c = trimmed.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        return asciiLowerCase(trimmed);
      }
    }
    return trimmed;
  }

  /// Without white space at the ends.
  public static String trimmed(String text) {
    if (text.isEmpty() || (isPlain(text.charAt(0)) && isPlain(text.charAt(text.length() - 1)))) {
      return text;
    }
    return MARGINS.matcher(text).replaceAll("");
  }

  private static boolean isPlain(char c) {
    return c > ' ' && c < 0x7f;
  }

  private static String asciiLowerCase(String text) {
    StringBuilder lower = new StringBuilder(text);
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        lower.setCharAt(i, (char) (c + ('a' - 'A')));
      }
    }
    return lower.toString();
  }

  private static void append(StringBuilder name, String field) {
    name.append(SEPARATOR).append(field);
  }
}
