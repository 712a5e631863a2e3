package micromegas.ingestion.http;

import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Optional;
import java.util.function.Consumer;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.common.CorruptDataException;
import micromegas.common.ResourceExhaustedException;
import micromegas.common.UnavailableException;
import micromegas.ingestion.Caller;
import micromegas.ingestion.Door;
import micromegas.ingestion.IngestionService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The native protocol. Thread-safe.
final class NativeEndpoints {
  private static final Logger LOG = LoggerFactory.getLogger(NativeEndpoints.class);

  private final IngestionService service;
  private final BodyReader bodies;
  private final int maxBodyBytes;

  NativeEndpoints(IngestionService service, BodyReader bodies, int maxBodyBytes) {
    this.service = service;
    this.bodies = bodies;
    this.maxBodyBytes = maxBodyBytes;
  }

  void insertProcess(ServerRequest request, ServerResponse response) {
    post(request, response, body -> service.insertProcess(body, Caller.ANONYMOUS));
  }

  void insertStream(ServerRequest request, ServerResponse response) {
    post(request, response, service::insertStream);
  }

  void insertBlock(ServerRequest request, ServerResponse response) {
    post(request, response, service::insertBlock);
  }

  private void post(ServerRequest request, ServerResponse response, Consumer<byte[]> action) {
    Optional<BodyReader.Body> read = Optional.empty();
    try {
      read = bodies.read(request, maxBodyBytes);
      if (read.isEmpty()) {
        service.rejected(Door.NATIVE);
        response.header(HeaderValues.CONNECTION_CLOSE);
        Answers.text(response, Status.REQUEST_ENTITY_TOO_LARGE_413, Answers.TURNED_OUT_TOO_LONG);
        return;
      }
      store(request, response, action, read.get().bytes());
    } catch (ResourceExhaustedException e) {
      LOG.warn("{}: 503: {}", request.prologue().uriPath().rawPath(), e.getMessage());
      response.header(HeaderValues.CONNECTION_CLOSE);
      Answers.text(response, Status.SERVICE_UNAVAILABLE_503, Answers.BUSY);
    } finally {
      read.ifPresent(BodyReader.Body::close);
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
