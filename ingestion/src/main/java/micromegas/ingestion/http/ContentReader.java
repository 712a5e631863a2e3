package micromegas.ingestion.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import micromegas.common.CorruptDataException;
import micromegas.common.ResourceExhaustedException;
import micromegas.ingestion.admission.MemoryAdmission;
import micromegas.ingestion.otlp.Failure;
import micromegas.ingestion.otlp.Gunzip;
import micromegas.ingestion.otlp.OtlpSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads and decompresses the bodies of all endpoints but the native ones. Thread-safe.
final class ContentReader {
  private static final Logger LOG = LoggerFactory.getLogger(ContentReader.class);

  private final BodyReader bodies;
  private final OtlpSettings limits;

  ContentReader(BodyReader bodies, OtlpSettings limits) {
    this.bodies = bodies;
    this.limits = limits;
  }

  /// What to do with a body, and how to tell about a failure.
  interface Receiver {
    /// @param bytes array whose first `length` bytes are the decompressed body
    /// @param share what the request holds of the memory, the body included
    void accept(byte[] bytes, int length, MemoryAdmission.Share share);

    void refuse(Failure failure);
  }

  /// Hands the body to the receiver, or tells it why there is none. What the body takes of the
  /// memory is given back when this returns.
  void read(ServerRequest request, ServerResponse response, Receiver receiver) {
    Optional<BodyReader.Body> read;
    try {
      read = bodies.read(request, limits.maxWireBytes());
    } catch (ResourceExhaustedException e) {
      LOG.warn("{}: 503: {}", request.prologue().uriPath().rawPath(), e.getMessage());
      response.header(HeaderValues.CONNECTION_CLOSE);
      receiver.refuse(Failure.busy());
      return;
    }
    if (read.isEmpty()) {
      response.header(HeaderValues.CONNECTION_CLOSE);
      receiver.refuse(Failure.tooLarge("the body", limits.maxWireBytes()));
      return;
    }
    try (BodyReader.Body body = read.get()) {
      decode(request, response, body, receiver);
    }
  }

  private void decode(
      ServerRequest request, ServerResponse response, BodyReader.Body body, Receiver receiver) {
    byte[] bytes = body.bytes();
    switch (coding(request)) {
      case "", "identity" -> receiver.accept(bytes, bytes.length, body.share());
      case "gzip", "x-gzip" -> {
        Optional<Gunzip.Content> content;
        try {
          content = Gunzip.inflate(bytes, 0, bytes.length, limits.maxDecodedBytes(), body.share());
        } catch (CorruptDataException e) {
          receiver.refuse(new Failure(Failure.Kind.MALFORMED, String.valueOf(e.getMessage())));
          return;
        } catch (ResourceExhaustedException e) {
          LOG.warn("{}: 503: {}", request.prologue().uriPath().rawPath(), e.getMessage());
          receiver.refuse(Failure.busy());
          return;
        }
        if (content.isEmpty()) {
          receiver.refuse(Failure.tooLarge("the decompressed body", limits.maxDecodedBytes()));
          return;
        }
        receiver.accept(content.get().bytes(), content.get().length(), body.share());
      }
      default -> {
        response.header(HeaderNames.ACCEPT_ENCODING, "gzip");
        receiver.refuse(
            new Failure(Failure.Kind.UNSUPPORTED, "Content-Encoding must be gzip or identity"));
      }
    }
  }

  private static String coding(ServerRequest request) {
    return header(request, HeaderNames.CONTENT_ENCODING).strip().toLowerCase(Locale.ROOT);
  }

  /// All values of a header in one text; empty when there is none.
  static String header(ServerRequest request, HeaderName name) {
    if (!request.headers().contains(name)) {
      return "";
    }
    List<String> values = request.headers().all(name, List::of);
    return String.join(",", values);
  }
}
