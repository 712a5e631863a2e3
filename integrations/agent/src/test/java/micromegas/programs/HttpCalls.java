package micromegas.programs;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/// Calls a server of this program with a client that is not woven.
///
/// @param context in front of all paths
record HttpCalls(int port, String context) {

  /// @return the status
  int get(String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + port + context + path).toURL().openConnection();
    connection.setReadTimeout(60_000);
    int status = connection.getResponseCode();
    connection.disconnect();
    return status;
  }
}
