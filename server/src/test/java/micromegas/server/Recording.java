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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What a client of the reference sent once, and what the reference answered about it.
enum Recording {
  /// The Rust client: logs, metrics, images and spans of one process.
  NATIVE("native", "30914115-c384-44af-b27a-a65b6c8bffdd", 22),

  /// The OpenTelemetry SDK for Python: traces, metrics and logs of one resource over HTTP.
  OTEL("otel", "0dcfcb9e-66df-5803-adde-b85584debfbd", 3);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String folder;

  /// The process that the requests are about.
  final String process;

  /// How many requests there are.
  final int requests;

  Recording(String folder, String process, int requests) {
    this.folder = folder;
    this.process = process;
    this.requests = requests;
  }

  /// Sends all requests: processes and streams first, then blocks.
  ///
  /// @param server `http://host:port`
  /// @return requests that were answered with 200
  int send(String server) throws IOException, InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    for (String line : lines("index.jsonl")) {
      all.add(JSON.readTree(line));
    }
    all.sort(
        Comparator.comparing(request -> request.get("path").asText().contains("insert_block")));
    int accepted = 0;
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (JsonNode request : all) {
        HttpRequest.Builder post =
            HttpRequest.newBuilder(URI.create(server + request.get("path").asText()))
                .POST(
                    HttpRequest.BodyPublishers.ofByteArray(
                        bytes("%04d.bin".formatted(request.get("seq").asInt()))));
        request
            .get("headers")
            .properties()
            .forEach(header -> post.header(header.getKey(), header.getValue().asText()));
        HttpResponse<String> response =
            http.send(post.build(), HttpResponse.BodyHandlers.ofString());
        accepted += response.statusCode() == 200 ? 1 : 0;
      }
    }
    return accepted;
  }

  /// SQL by name.
  Map<String, String> queries() throws IOException {
    Map<String, String> queries = new LinkedHashMap<>();
    String name = "";
    for (String line : lines("queries.sql")) {
      if (line.startsWith("-- name: ")) {
        name = line.substring("-- name: ".length());
      } else {
        queries.put(name, line.replace("{pid}", process));
      }
    }
    return queries;
  }

  String query(String name) throws IOException {
    return Objects.requireNonNull(queries().get(name), name);
  }

  Answer expected(String name) throws IOException {
    return Answer.recorded(lines("expected/" + name + ".jsonl"));
  }

  private List<String> lines(String file) throws IOException {
    return new String(bytes(file), StandardCharsets.UTF_8).lines().toList();
  }

  private byte[] bytes(String file) throws IOException {
    String path = "/" + folder + "/" + file;
    try (InputStream in = Objects.requireNonNull(Recording.class.getResourceAsStream(path), path)) {
      return in.readAllBytes();
    }
  }
}
