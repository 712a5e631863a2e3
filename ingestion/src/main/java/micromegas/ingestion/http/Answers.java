package micromegas.ingestion.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;

/// The answers that clients know, to the byte: a status, and the category of a failure as plain
/// text. Details go to the log only.
final class Answers {
  static final Header PLAIN_TEXT =
      HeaderValues.create(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");

  static final String BAD_REQUEST = "Bad request";
  static final String FORBIDDEN = "Forbidden";
  static final String DECLARED_TOO_LONG = "length limit exceeded";
  static final String TURNED_OUT_TOO_LONG =
      "Failed to buffer the request body: length limit exceeded";
  static final String INTERNAL = "Internal server error";
  static final String BUSY = "Service unavailable";

  private Answers() {}

  static void empty(ServerResponse response, Status status) {
    response.status(status);
    response.send();
  }

  static void text(ServerResponse response, Status status, String body) {
    response.status(status);
    response.header(PLAIN_TEXT);
    response.send(body.getBytes(StandardCharsets.UTF_8));
  }

  /// What the HTTP library refuses on its own: requests that are no HTTP, and bodies over the
  /// limit.
  static DirectHandler direct() {
    return Answers::refuse;
  }

  private static DirectHandler.TransportResponse refuse(
      DirectHandler.TransportRequest request,
      DirectHandler.EventType event,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    DirectHandler.TransportResponse.Builder answer =
        DirectHandler.TransportResponse.builder().status(status).headers(headers).keepAlive(false);
    String body =
        switch (status.code()) {
          case 400 -> BAD_REQUEST;
          case 413 ->
              request.headers().contains(HeaderNames.TRANSFER_ENCODING)
                  ? TURNED_OUT_TOO_LONG
                  : DECLARED_TOO_LONG;
          case 500 -> INTERNAL;
          case 503 -> BUSY;
          default -> "";
        };
    if (!body.isEmpty()) {
      headers.set(PLAIN_TEXT);
      answer.entity(body);
    }
    return answer.build();
  }
}
