package micromegas.ingestion.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import micromegas.common.ResourceExhaustedException;
import micromegas.ingestion.Caller;
import micromegas.ingestion.admission.MemoryAdmission;
import micromegas.ingestion.aws.FirehoseDelivery;
import micromegas.ingestion.aws.FirehoseIngestion;
import micromegas.ingestion.otlp.Failure;
import micromegas.ingestion.otlp.JsonText;
import micromegas.otlp.Signal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// HTTP endpoint deliveries of Amazon Data Firehose. Every answer repeats the id of the request, as
/// Firehose demands. Thread-safe.
final class FirehoseEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(FirehoseEndpoint.class);

  private static final HeaderName REQUEST_ID = HeaderNames.create("X-Amz-Firehose-Request-Id");
  private static final Header JSON =
      HeaderValues.create(HeaderNames.CONTENT_TYPE, "application/json");

  private final FirehoseIngestion ingestion;
  private final ContentReader contents;
  private final Clock clock;

  FirehoseEndpoint(FirehoseIngestion ingestion, ContentReader contents, Clock clock) {
    this.ingestion = ingestion;
    this.contents = contents;
    this.clock = clock;
  }

  void metrics(ServerRequest request, ServerResponse response) {
    contents.read(request, response, new Delivery(Signal.METRICS, request, response));
  }

  void logs(ServerRequest request, ServerResponse response) {
    contents.read(request, response, new Delivery(Signal.LOGS, request, response));
  }

  private final class Delivery implements ContentReader.Receiver {
    private final Signal signal;
    private final ServerRequest request;
    private final ServerResponse response;
    private String requestId;

    Delivery(Signal signal, ServerRequest request, ServerResponse response) {
      this.signal = signal;
      this.request = request;
      this.response = response;
      this.requestId = ContentReader.header(request, REQUEST_ID);
    }

    @Override
    public void accept(byte[] bytes, int length, MemoryAdmission.Share share) {
      try {
        FirehoseDelivery delivery = FirehoseDelivery.read(bytes, length);
        if (requestId.isEmpty()) {
          requestId = delivery.requestId();
        }
        if (signal == Signal.METRICS) {
          ingestion.metrics(delivery, Caller.ANONYMOUS);
        } else {
          ingestion.logs(delivery, share, Caller.ANONYMOUS);
        }
      } catch (ResourceExhaustedException e) {
        // Only for want of memory: sizes over a limit are errors of the record here.
        LOG.warn("{}: 503: {}", request.prologue().uriPath().rawPath(), e.getMessage());
        refuse(Failure.busy());
        return;
      } catch (RuntimeException e) {
        Failure failure = Failure.of(e, signal);
        FailureLog.log(LOG, request, failure, e);
        refuse(failure);
        return;
      }
      answer(Status.OK_200, "");
    }

    @Override
    public void refuse(Failure failure) {
      ingestion.refused(failure);
      answer(
          Status.create(failure.kind().httpStatus()),
          ",\"errorMessage\":" + JsonText.quoted(failure.message()));
    }

    private void answer(Status status, String more) {
      String body =
          "{\"requestId\":%s,\"timestamp\":%d%s}"
              .formatted(JsonText.quoted(requestId), clock.millis(), more);
      response.status(status);
      response.header(JSON);
      response.send(body.getBytes(StandardCharsets.UTF_8));
    }
  }
}
