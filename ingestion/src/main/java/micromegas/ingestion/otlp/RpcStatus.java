package micromegas.ingestion.otlp;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.ProtoWriter;

/// Why a request failed, as OTLP tells it: `google.rpc.Status`.
///
/// @param code number of the gRPC status
/// @param message for people
public record RpcStatus(int code, String message) {
  public static final int INVALID_ARGUMENT = 3;
  public static final int PERMISSION_DENIED = 7;
  public static final int RESOURCE_EXHAUSTED = 8;
  public static final int INTERNAL = 13;
  public static final int UNAVAILABLE = 14;

  private static final String RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

  /// In protobuf.
  public byte[] protobuf() {
    return writer().toByteArray();
  }

  /// In protobuf, with the detail that says when to try again.
  public byte[] protobuf(Duration retryDelay) {
    ProtoWriter delay = new ProtoWriter();
    delay.tag(1, ProtoReader.VARINT);
    delay.varint(retryDelay.toSeconds());
    ProtoWriter info = new ProtoWriter();
    info.tag(1, ProtoReader.LENGTH_DELIMITED);
    info.bytes(delay.array(), 0, delay.size());
    ProtoWriter any = new ProtoWriter();
    any.string(1, RETRY_INFO);
    any.tag(2, ProtoReader.LENGTH_DELIMITED);
    any.bytes(info.array(), 0, info.size());
    ProtoWriter status = writer();
    status.tag(3, ProtoReader.LENGTH_DELIMITED);
    status.bytes(any.array(), 0, any.size());
    return status.toByteArray();
  }

  private ProtoWriter writer() {
    ProtoWriter out = new ProtoWriter();
    out.tag(1, ProtoReader.VARINT);
    out.varint(code);
    out.string(2, message);
    return out;
  }

  /// In JSON.
  public byte[] json() {
    String text = "{\"code\":" + code + ",\"message\":" + JsonText.quoted(message) + "}";
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
