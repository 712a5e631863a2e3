package micromegas.ingestion.http;

import io.helidon.webserver.http.ServerRequest;
import micromegas.ingestion.otlp.Failure;
import org.slf4j.Logger;

/// Logs why a request failed: with its trace what is wrong here, in one line what is wrong with the
/// request. Stateless.
final class FailureLog {
  private FailureLog() {}

  static void log(Logger log, ServerRequest request, Failure failure, RuntimeException error) {
    String path = request.prologue().uriPath().rawPath();
    int status = failure.kind().httpStatus();
    switch (failure.kind()) {
      case UNAVAILABLE, INTERNAL -> log.error("{}: {}", path, status, error);
      default -> log.warn("{}: {}: {}", path, status, error.getMessage());
    }
  }
}
