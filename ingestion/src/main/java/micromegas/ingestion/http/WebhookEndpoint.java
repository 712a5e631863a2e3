package micromegas.ingestion.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import micromegas.ingestion.Caller;
import micromegas.ingestion.Door;
import micromegas.ingestion.admission.MemoryAdmission;
import micromegas.ingestion.otlp.Failure;
import micromegas.ingestion.otlp.OtlpIngestion;
import micromegas.ingestion.otlp.WebhookEvent;
import micromegas.otlp.Signal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Any body becomes one log record; headers say where it comes from. Thread-safe.
final class WebhookEndpoint implements Handler {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookEndpoint.class);

  private static final HeaderName SERVICE_NAME = HeaderNames.create("X-Micromegas-Service-Name");
  private static final HeaderName SERVICE_NAMESPACE =
      HeaderNames.create("X-Micromegas-Service-Namespace");
  private static final HeaderName TARGET = HeaderNames.create("X-Micromegas-Target");

  private final OtlpIngestion ingestion;
  private final ContentReader contents;

  WebhookEndpoint(OtlpIngestion ingestion, ContentReader contents) {
    this.ingestion = ingestion;
    this.contents = contents;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    contents.read(
        request,
        response,
        new ContentReader.Receiver() {
          @Override
          public void accept(byte[] bytes, int length, MemoryAdmission.Share share) {
            store(request, response, bytes, length);
          }

          @Override
          public void refuse(Failure failure) {
            answer(response, failure);
          }
        });
  }

  private void store(ServerRequest request, ServerResponse response, byte[] bytes, int length) {
    if (length == 0) {
      answer(response, new Failure(Failure.Kind.MALFORMED, "empty body"));
      return;
    }
    try {
      WebhookEvent event =
          new WebhookEvent(
              text(request, SERVICE_NAME),
              text(request, SERVICE_NAMESPACE),
              text(request, TARGET),
              headers(request));
      ingestion.storeCanonical(
          Signal.LOGS, List.of(event.message(bytes, length)), event.context(), Caller.ANONYMOUS);
    } catch (RuntimeException e) {
      Failure failure = Failure.of(e, Signal.LOGS);
      FailureLog.log(LOG, request, failure, e);
      answer(response, failure);
      return;
    }
    Answers.empty(response, Status.OK_200);
  }

  private void answer(ServerResponse response, Failure failure) {
    ingestion.refused(Door.WEBHOOK, failure);
    if (failure.isRetryable()) {
      response.header(HeaderNames.RETRY_AFTER, Long.toString(Failure.RETRY_AFTER.toSeconds()));
    }
    Answers.text(response, Status.create(failure.kind().httpStatus()), failure.message());
  }

  /// The first value of a header, if it is visible ASCII.
  private static Optional<String> text(ServerRequest request, HeaderName name) {
    if (!request.headers().contains(name)) {
      return Optional.empty();
    }
    String value = request.headers().get(name).values();
    return Optional.of(value)
        .filter(text -> text.chars().allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\t'));
  }

  private static List<WebhookEvent.NameValue> headers(ServerRequest request) {
    List<WebhookEvent.NameValue> headers = new ArrayList<>();
    for (Header header : request.headers()) {
      for (String value : header.allValues()) {
        headers.add(new WebhookEvent.NameValue(header.headerName().lowerCase(), value));
      }
    }
    return headers;
  }
}
