package micromegas.ingestion.otlp;

import java.util.Optional;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.ProtoWriter;

/// Builds a `ResourceLogs` message with one scope for log records that did not come as OTLP. Used
/// once.
public final class LogMessage {
  private final ProtoWriter resource = new ProtoWriter();
  private final ProtoWriter records = new ProtoWriter();
  private final ProtoWriter scope = new ProtoWriter();
  private boolean hasScope;

  /// An event id is an attribute of a record.
  private static final String EVENT_ID = "aws.log.event.id";

  /// Adds an attribute of the resource.
  public void attribute(String key, String value) {
    pair(resource, OtlpTags.Resource.ATTRIBUTES, key, value);
  }

  /// Gives the records a scope of this name.
  public void scope(String name) {
    hasScope = true;
    if (!name.isEmpty()) {
      scope.string(OtlpTags.InstrumentationScope.NAME >>> 3, name);
    }
  }

  /// Adds a record.
  ///
  /// @param timeNanos nanoseconds since 1970; 0 when unknown
  /// @param severity number of the severity; 0 when unknown
  public void record(long timeNanos, int severity, String body, Optional<String> eventId) {
    ProtoWriter record = new ProtoWriter();
    if (timeNanos != 0) {
      record.tag(OtlpTags.LogRecord.TIME_UNIX_NANO >>> 3, ProtoReader.FIXED64);
      record.fixed64(timeNanos);
    }
    if (severity != 0) {
      record.tag(OtlpTags.LogRecord.SEVERITY_NUMBER >>> 3, ProtoReader.VARINT);
      record.varint(severity);
    }
    ProtoWriter value = new ProtoWriter();
    value.string(OtlpTags.AnyValue.STRING_VALUE >>> 3, body);
    message(record, OtlpTags.LogRecord.BODY, value);
    eventId.ifPresent(id -> pair(record, OtlpTags.LogRecord.ATTRIBUTES, EVENT_ID, id));
    message(records, OtlpTags.ScopeSignal.RECORDS, record);
  }

  /// The message, in canonical form.
  public byte[] canonical() {
    ProtoWriter scopeLogs = new ProtoWriter();
    if (hasScope) {
      message(scopeLogs, OtlpTags.ScopeSignal.SCOPE, scope);
    }
    scopeLogs.raw(records.array(), 0, records.size());
    ProtoWriter out = new ProtoWriter();
    message(out, OtlpTags.ResourceSignal.RESOURCE, resource);
    message(out, OtlpTags.ResourceSignal.SCOPES, scopeLogs);
    return out.toByteArray();
  }

  private static void pair(ProtoWriter out, int tag, String key, String text) {
    ProtoWriter value = new ProtoWriter();
    value.string(OtlpTags.AnyValue.STRING_VALUE >>> 3, text);
    ProtoWriter pair = new ProtoWriter();
    if (!key.isEmpty()) {
      pair.string(OtlpTags.KeyValue.KEY >>> 3, key);
    }
    message(pair, OtlpTags.KeyValue.VALUE, value);
    message(out, tag, pair);
  }

  private static void message(ProtoWriter out, int tag, ProtoWriter content) {
    out.tag(tag >>> 3, ProtoReader.LENGTH_DELIMITED);
    out.bytes(content.array(), 0, content.size());
  }
}
