package micromegas.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What the Rust client of the reference sent once, and what the reference answered about it.
final class NativeReplay {
  static final String PROCESS = "30914115-c384-44af-b27a-a65b6c8bffdd";

  private NativeReplay() {}

  /// Sends all requests: processes and streams first, then blocks.
  ///
  /// @return requests that were answered with 200
  static int send(String server) throws IOException, InterruptedException {
    List<JsonNode> requests = new ArrayList<>();
    for (String line : lines("index.jsonl")) {
      requests.add(new ObjectMapper().readTree(line));
    }
    requests.sort(
        java.util.Comparator.comparing(
            request -> request.get("path").asText().contains("insert_block")));
    int accepted = 0;
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (JsonNode request : requests) {
        byte[] body = bytes("%04d.bin".formatted(request.get("seq").asInt()));
        HttpResponse<String> response =
            http.send(
                HttpRequest.newBuilder(URI.create(server + request.get("path").asText()))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        accepted += response.statusCode() == 200 ? 1 : 0;
      }
    }
    return accepted;
  }

  /// SQL by name.
  static Map<String, String> queries() throws IOException {
    Map<String, String> queries = new LinkedHashMap<>();
    String name = "";
    for (String line : lines("queries.sql")) {
      if (line.startsWith("-- name: ")) {
        name = line.substring("-- name: ".length());
      } else {
        queries.put(name, line.replace("{pid}", PROCESS));
      }
    }
    return queries;
  }

  static Answer expected(String name) throws IOException {
    return Answer.recorded(lines("expected/" + name + ".jsonl"));
  }

  private static List<String> lines(String file) throws IOException {
    return new String(bytes(file), StandardCharsets.UTF_8).lines().toList();
  }

  private static byte[] bytes(String file) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(NativeReplay.class.getResourceAsStream("/native/" + file), file)) {
      return in.readAllBytes();
    }
  }
}
