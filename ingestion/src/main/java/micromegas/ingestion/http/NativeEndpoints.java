package micromegas.ingestion.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.function.Consumer;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.common.CorruptDataException;
import micromegas.common.ResourceExhaustedException;
import micromegas.common.UnavailableException;
import micromegas.ingestion.Caller;
import micromegas.ingestion.IngestionService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The routes of the native protocol. Thread-safe.
final class NativeEndpoints implements Handler {
  private static final Logger LOG = LoggerFactory.getLogger(NativeEndpoints.class);

  private final IngestionService service;
  private final Readiness readiness;
  private final BodyReader bodies;

  NativeEndpoints(IngestionService service, Readiness readiness, BodyReader bodies) {
    this.service = service;
    this.readiness = readiness;
    this.bodies = bodies;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    switch (path(request)) {
      case "/ingestion/insert_process" ->
          post(request, response, body -> service.insertProcess(body, Caller.ANONYMOUS));
      case "/ingestion/insert_stream" -> post(request, response, service::insertStream);
      case "/ingestion/insert_block" -> post(request, response, service::insertBlock);
      case "/health" -> probe(request, response, true);
      case "/ready" -> probe(request, response, false);
      default -> Answers.empty(response, Status.NOT_FOUND_404);
    }
  }

  /// Clients append their path to the configured root as it is, so that a root with a trailing
  /// slash gives `//ingestion/…`. They take a 404 as final and lose the data; hence more than one
  /// leading slash counts as one.
  private static String path(ServerRequest request) {
    String path = request.prologue().uriPath().rawPath();
    int first = 0;
    while (first + 1 < path.length() && path.charAt(first + 1) == '/') {
      first++;
    }
    return path.substring(first);
  }

  private void probe(ServerRequest request, ServerResponse response, boolean unconditional) {
    Method method = request.prologue().method();
    if (!method.equals(Method.GET) && !method.equals(Method.HEAD)) {
      response.header(HeaderNames.ALLOW, "GET,HEAD");
      Answers.empty(response, Status.METHOD_NOT_ALLOWED_405);
      return;
    }
    boolean good = unconditional || readiness.isReady();
    Answers.empty(response, good ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503);
  }

  private void post(ServerRequest request, ServerResponse response, Consumer<byte[]> action) {
    if (!request.prologue().method().equals(Method.POST)) {
      response.header(HeaderNames.ALLOW, "POST");
      Answers.empty(response, Status.METHOD_NOT_ALLOWED_405);
      return;
    }
    try (BodyReader.Body body = bodies.read(request)) {
      store(request, response, action, body.bytes());
    } catch (ResourceExhaustedException e) {
      LOG.warn("{}: 503: {}", request.prologue().uriPath().rawPath(), e.getMessage());
      response.header(HeaderValues.CONNECTION_CLOSE);
      Answers.text(response, Status.SERVICE_UNAVAILABLE_503, Answers.BUSY);
    }
  }

  private static void store(
      ServerRequest request, ServerResponse response, Consumer<byte[]> action, byte[] body) {
    String path = request.prologue().uriPath().rawPath();
    try {
      action.accept(body);
    } catch (BadRequestException | CorruptDataException e) {
      LOG.warn("{}: 400: {} ({} bytes)", path, e.getMessage(), body.length);
      Answers.text(response, Status.BAD_REQUEST_400, Answers.BAD_REQUEST);
      return;
    } catch (ConflictException e) {
      LOG.warn("{}: 403: {}", path, e.getMessage());
      Answers.text(response, Status.FORBIDDEN_403, Answers.FORBIDDEN);
      return;
    } catch (UnavailableException e) {
      LOG.warn("{}: 503: {}", path, e.getMessage());
      Answers.text(response, Status.SERVICE_UNAVAILABLE_503, Answers.BUSY);
      return;
    } catch (RuntimeException e) {
      LOG.error("{}: 500", path, e);
      Answers.text(response, Status.INTERNAL_SERVER_ERROR_500, Answers.INTERNAL);
      return;
    }
    Answers.empty(response, Status.OK_200);
  }
}
