package micromegas.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.logging.Logger;

/// A program without telemetry of its own: one HTTP request and one line of log.
final class InstrumentedProgram {
  private InstrumentedProgram() {}

  public static void main(String[] arguments) throws Exception {
    HttpResponse<Void> answer;
    try (HttpClient client = HttpClient.newHttpClient()) {
      answer =
          client.send(
              HttpRequest.newBuilder(URI.create(arguments[0])).build(),
              HttpResponse.BodyHandlers.discarding());
    }
    Logger.getLogger("program").warning("answer " + answer.statusCode());
  }
}
