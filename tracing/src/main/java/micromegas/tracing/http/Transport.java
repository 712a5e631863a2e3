package micromegas.tracing.http;

import java.io.IOException;
import java.util.Optional;

/// How one request reaches the server. Thread-safe.
interface Transport {
  /// What the server said.
  ///
  /// @param retryAfter the header of that name
  record Answer(int status, Optional<String> retryAfter) {}

  /// Sends a body and waits for the answer.
  ///
  /// @param path behind the address of the server
  /// @param authorization the header of that name
  /// @throws java.net.http.HttpTimeoutException when the answer does not come in time
  /// @throws IOException when the server cannot be reached
  Answer post(String path, byte[] body, Optional<String> authorization)
      throws IOException, InterruptedException;
}
