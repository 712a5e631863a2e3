package micromegas.server.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import micromegas.common.UnavailableException;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.CborWriter;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;

/// Sends telemetry to an ingestion server with the three native requests. Thread-safe.
///
/// Methods return when the server has acknowledged, and throw [UnavailableException] when it does
/// not, or when the thread is interrupted.
public final class TelemetryClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final URI server;

  /// @param server such as `http://127.0.0.1:9000`
  public TelemetryClient(URI server) {
    this.server = server;
  }

  public void insert(ProcessInfo process) {
    post("/ingestion/insert_process", CborWriter.process(process));
  }

  public void insert(StreamInfo stream) {
    post("/ingestion/insert_stream", CborWriter.stream(stream));
  }

  public void insert(BlockInfo block, BlockPayload payload) {
    post("/ingestion/insert_block", CborWriter.block(block, payload));
  }

  private void post(String path, byte[] body) {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(TIMEOUT)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new UnavailableException(
            "%s answered %d: %s".formatted(path, response.statusCode(), response.body()));
      }
    } catch (IOException e) {
      throw new UnavailableException("cannot send telemetry to " + server + path + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while sending telemetry", e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
