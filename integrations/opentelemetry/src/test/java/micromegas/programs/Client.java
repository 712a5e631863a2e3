package micromegas.programs;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Logger;

/// A program without telemetry of its own: a request from a thread of a pool, and a line of log.
public final class Client {
  private Client() {}

  public static void main(String[] arguments) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(1);
    int status = pool.submit(() -> get(arguments[0])).get();
    pool.shutdown();
    Logger.getLogger("program").warning("answer " + status);
  }

  static int get(String address) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    return client
        .send(
            HttpRequest.newBuilder(URI.create(address)).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
