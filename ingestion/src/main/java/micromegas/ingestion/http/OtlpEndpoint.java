package micromegas.ingestion.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Locale;
import micromegas.common.ResourceExhaustedException;
import micromegas.ingestion.Caller;
import micromegas.ingestion.Door;
import micromegas.ingestion.admission.MemoryAdmission;
import micromegas.ingestion.otlp.ExportResponse;
import micromegas.ingestion.otlp.ExportResult;
import micromegas.ingestion.otlp.Failure;
import micromegas.ingestion.otlp.OtlpIngestion;
import micromegas.otlp.Signal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// OTLP over HTTP. Answers in the encoding of the request; every failure has a `google.rpc.Status`
/// as its body. Thread-safe.
final class OtlpEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(OtlpEndpoint.class);

  private enum Encoding {
    PROTOBUF("application/x-protobuf"),
    JSON("application/json"),
    /// Answered in protobuf.
    OTHER("application/x-protobuf");

    private final Header contentType;

    Encoding(String mediaType) {
      this.contentType = HeaderValues.create(HeaderNames.CONTENT_TYPE, mediaType);
    }

    static Encoding of(ServerRequest request) {
      String contentType = ContentReader.header(request, HeaderNames.CONTENT_TYPE);
      int parameters = contentType.indexOf(';');
      String mediaType = parameters < 0 ? contentType : contentType.substring(0, parameters);
      return switch (mediaType.strip().toLowerCase(Locale.ROOT)) {
        case "application/x-protobuf" -> PROTOBUF;
        case "application/json" -> JSON;
        default -> OTHER;
      };
    }
  }

  private final OtlpIngestion ingestion;
  private final ContentReader contents;

  OtlpEndpoint(OtlpIngestion ingestion, ContentReader contents) {
    this.ingestion = ingestion;
    this.contents = contents;
  }

  void export(Signal signal, ServerRequest request, ServerResponse response) {
    contents.read(request, response, new Export(signal, Encoding.of(request), request, response));
  }

  private final class Export implements ContentReader.Receiver {
    private final Signal signal;
    private final Encoding encoding;
    private final ServerRequest request;
    private final ServerResponse response;

    Export(Signal signal, Encoding encoding, ServerRequest request, ServerResponse response) {
      this.signal = signal;
      this.encoding = encoding;
      this.request = request;
      this.response = response;
    }

    @Override
    public void accept(byte[] bytes, int length, MemoryAdmission.Share share) {
      ExportResult result;
      try {
        result =
            switch (encoding) {
              case PROTOBUF -> ingestion.export(signal, bytes, 0, length, Caller.ANONYMOUS);
              case JSON -> {
                if (!hasRoom(share, length)) {
                  refuse(Failure.busy());
                  yield null;
                }
                yield ingestion.exportJson(signal, bytes, 0, length, Caller.ANONYMOUS);
              }
              case OTHER -> {
                refuse(
                    new Failure(
                        Failure.Kind.UNSUPPORTED,
                        "Content-Type must be application/x-protobuf or application/json"));
                yield null;
              }
            };
      } catch (RuntimeException e) {
        Failure failure = Failure.of(e, signal);
        FailureLog.log(LOG, request, failure, e);
        refuse(failure);
        return;
      }
      if (result != null) {
        response.status(Status.OK_200);
        response.header(encoding.contentType);
        response.send(
            encoding == Encoding.JSON
                ? ExportResponse.json(result)
                : ExportResponse.protobuf(result));
      }
    }

    /// Takes room for the same in protobuf, which is about as long as in JSON.
    private boolean hasRoom(MemoryAdmission.Share share, int length) {
      try {
        share.growTo(share.bytes() + length);
        return true;
      } catch (ResourceExhaustedException e) {
        LOG.warn("{}: 503: {}", request.prologue().uriPath().rawPath(), e.getMessage());
        return false;
      }
    }

    @Override
    public void refuse(Failure failure) {
      ingestion.refused(Door.OTLP_HTTP, failure);
      if (failure.isRetryable()) {
        response.header(HeaderNames.RETRY_AFTER, Long.toString(Failure.RETRY_AFTER.toSeconds()));
      }
      response.status(Status.create(failure.kind().httpStatus()));
      response.header(encoding.contentType);
      response.send(
          encoding == Encoding.JSON ? failure.status().json() : failure.status().protobuf());
    }
  }
}
