package micromegas.tracing.http;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import micromegas.tracing.record.SdkThread;

/// Sends requests by the HTTP client of the JDK, on one connection for all while they are not sent
/// at the same time.
final class HttpTransport implements Transport {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final String server;
  private final Duration timeout;
  private final ExecutorService executor;
  private final HttpClient client;

  HttpTransport(HttpSettings settings) {
    String root = settings.server().toString();
    server = root.endsWith("/") ? root.substring(0, root.length() - 1) : root;
    timeout = settings.requestTimeout();
    executor = Executors.newFixedThreadPool(1, task -> new SdkThread(task, "micromegas-http"));
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(executor);
    useProxy(builder, settings.proxy());
    client = builder.build();
  }

  static void useProxy(HttpClient.Builder builder, Optional<ProxySelector> proxy) {
    proxy.ifPresent(builder::proxy);
    if (proxy.orElse(null) instanceof EnvironmentProxy environment) {
      builder.authenticator(environment.authenticator());
    }
  }

  /// Ends the thread of the HTTP client; requests in flight are given up.
  void close() {
    executor.shutdownNow();
  }

  @Override
  public Answer post(String path, byte[] body, Optional<String> authorization)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + path))
            .timeout(timeout)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    authorization.ifPresent(value -> request.header("Authorization", value));
    HttpResponse<Void> response =
        client.send(request.build(), HttpResponse.BodyHandlers.discarding());
    return new Answer(response.statusCode(), response.headers().firstValue("Retry-After"));
  }
}
