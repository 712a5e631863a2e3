package micromegas.examples.springboot;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The application as a process of its own, with the agent.
final class Shop implements AutoCloseable {
  private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");
  private static final long PATIENCE_SECONDS = 120;

  private final Process process;
  private final Thread reader;
  private final int port;

  /// @param server address of the ingestion server
  Shop(URI server) throws IOException {
    String libraries = Files.readString(Path.of(System.getProperty("shop.classpath"))).strip();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-javaagent:"
                    + System.getProperty("micromegas.agent.jar")
                    + "=instrument=methods,context,jdbc,http-client",
                "-cp",
                System.getProperty("shop.classes") + File.pathSeparator + libraries,
                ShopApplication.class.getName(),
                "--server.port=0",
                "--micromegas.url=" + server,
                "--micromegas.shutdown-timeout=60s",
                "--micromegas.requests.one-in=1"));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader output = process.inputReader();
    List<String> lines = new ArrayList<>();
    port = port(output, lines);
    // Whoever does not read makes the process wait.
    reader = Thread.ofVirtual().start(() -> output.lines().forEach(lines::add));
  }

  private int port(BufferedReader output, List<String> lines) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
      Matcher started = STARTED.matcher(line);
      if (started.find()) {
        return Integer.parseInt(started.group(1));
      }
    }
    process.destroyForcibly();
    throw new IllegalStateException("the shop has not started:\n" + String.join("\n", lines));
  }

  /// The status of the answer.
  int get(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .timeout(Duration.ofSeconds(PATIENCE_SECONDS))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  /// Ends the application as an operating system does; it sends what it has first.
  @Override
  public void close() throws InterruptedException {
    process.toHandle().destroy(); // its output stays open
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    reader.join();
    if (!ended) {
      throw new IllegalStateException("the shop does not end");
    }
  }
}
