package micromegas.ingestion.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.HashMap;
import java.util.Map;
import micromegas.otlp.Signal;

/// Which path goes where. Thread-safe.
final class Routes implements Handler {
  private final Map<String, Handler> posts = new HashMap<>();
  private final Readiness readiness;

  Routes(
      NativeEndpoints telemetry,
      OtlpEndpoint otlp,
      WebhookEndpoint webhook,
      FirehoseEndpoint firehose,
      Readiness readiness) {
    this.readiness = readiness;
    posts.put("/ingestion/insert_process", telemetry::insertProcess);
    posts.put("/ingestion/insert_stream", telemetry::insertStream);
    posts.put("/ingestion/insert_block", telemetry::insertBlock);
    for (Signal signal : Signal.values()) {
      Handler export = (request, response) -> otlp.export(signal, request, response);
      posts.put("/ingestion/otlp/v1/" + signal.label(), export);
      posts.put("/v1/" + signal.label(), export);
    }
    posts.put("/ingestion/webhook", webhook);
    posts.put("/ingestion/otlp/v1/metrics/firehose", firehose::metrics);
    posts.put("/ingestion/cloudwatch/v1/logs/firehose", firehose::logs);
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) throws Exception {
    String path = path(request);
    Handler post = posts.get(path);
    if (post != null) {
      if (request.prologue().method().equals(Method.POST)) {
        post.handle(request, response);
      } else {
        response.header(HeaderNames.ALLOW, "POST");
        Answers.empty(response, Status.METHOD_NOT_ALLOWED_405);
      }
      return;
    }
    switch (path) {
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
}
