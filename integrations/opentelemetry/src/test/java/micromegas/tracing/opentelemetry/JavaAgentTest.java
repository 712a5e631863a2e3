package micromegas.tracing.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import micromegas.programs.Client;
import micromegas.programs.NativeClient;
import micromegas.programs.PrintingExtension;
import micromegas.tracing.Telemetry;
import micromegas.transit.TransitLayout;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs with OpenTelemetry's own agent: our exporters and bridge inside it, as an extension;
/// and an application that records natively beside it.
class JavaAgentTest {
  private static final String SERVICES = "META-INF/services/";

  @TempDir private Path folder;

  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Test
  void theBridgeWorksInAnExtension() throws Exception {
    List<String> lines =
        run(
            Client.class,
            Map.of(
                "OTEL_TRACES_EXPORTER", "none",
                "OTEL_LOGS_EXPORTER", "none",
                "OTEL_METRICS_EXPORTER", "none",
                "OTEL_MICROMEGAS_BRIDGE", "true",
                "MICROMEGAS_TELEMETRY_URL", address()),
            List.of("-Dotel.javaagent.extensions=" + extension()),
            address() + "/orders");
    assertThat(lines).filteredOn(line -> line.startsWith("extension begin")).hasSize(1);
    assertThat(lines).anyMatch(line -> line.startsWith("extension begin GET "));
    assertThat(lines).anyMatch(line -> line.startsWith("extension end GET "));
    assertThat(lines).anyMatch(line -> line.startsWith("extension log opentelemetry.trace: "));
  }

  /// Exporters in the agent, and an application that records natively: two trees that know nothing
  /// of each other, since the agent has a class loader of its own.
  @Test
  void anApplicationRecordsNativelyBesideTheAgent() throws Exception {
    List<String> lines =
        run(
            NativeClient.class,
            Map.of(
                "OTEL_TRACES_EXPORTER", "micromegas",
                "OTEL_LOGS_EXPORTER", "micromegas",
                "OTEL_METRICS_EXPORTER", "micromegas",
                "MICROMEGAS_TELEMETRY_URL", address()),
            List.of("-Dotel.javaagent.extensions=" + extension()),
            address() + "/orders");
    assertThat(lines).contains("extension log program: answer 200");
    assertThat(lines).contains("losses {}", "application log native: inside true");
    assertThat(lines)
        .filteredOn(line -> line.startsWith("application begin"))
        .singleElement()
        .satisfies(line ->
            assertThat(line).startsWith("application begin NativeClient::work ").endsWith(" 0"));
    List<String> exported =
        lines.stream().filter(line -> line.startsWith("extension begin")).toList();
    // The uploads of both are requests as well, but nobody wants to know.
    assertThat(exported).hasSize(2);
    String manual =
        exported.stream().filter(line -> line.contains(" manual ")).findFirst().orElseThrow();
    String get = exported.stream().filter(line -> line.contains(" GET ")).findFirst().orElseThrow();
    assertThat(get).endsWith(" " + manual.split(" ")[3]);
  }

  private List<String> run(
      Class<?> program, Map<String, String> environment, List<String> flags, String... arguments)
      throws Exception {
    String classPath = System.getProperty("java.class.path");
    String agent =
        Stream.of(classPath.split(File.pathSeparator))
            .filter(path -> path.contains("opentelemetry-javaagent-"))
            .findFirst()
            .orElseThrow();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-javaagent:" + agent));
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath(), program.getName()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(key -> key.startsWith("MICROMEGAS_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(output).isZero();
      assertThat(output).doesNotContain(" ERROR ", "Exception");
      return output.lines().toList();
    } finally {
      process.destroyForcibly();
    }
  }

  /// What the programs need: the agent looks into all there is.
  private static String classPath() throws Exception {
    Set<String> places = new LinkedHashSet<>();
    for (Class<?> part :
        List.of(
            Client.class,
            Telemetry.class,
            TransitLayout.class,
            LZ4Factory.class,
            GlobalOpenTelemetry.class,
            Context.class,
            io.opentelemetry.common.ComponentLoader.class)) {
      places.add(place(part).toString());
    }
    return String.join(File.pathSeparator, places);
  }

  private static Path place(Class<?> part) throws Exception {
    return Path.of(part.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /// One jar with all that an extension needs, since each extension has a class loader of its own.
  private Path extension() throws Exception {
    Path jar = folder.resolve("extension.jar");
    Set<String> written = new HashSet<>();
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      write(
          out,
          written,
          SERVICES + AutoConfigurationCustomizerProvider.class.getName(),
          (services() + PrintingExtension.class.getName() + "\n").getBytes(StandardCharsets.UTF_8));
      for (Class<?> part :
          List.of(
              OpenTelemetryBridge.class,
              PrintingExtension.class,
              Telemetry.class,
              TransitLayout.class,
              LZ4Factory.class)) {
        Path place = place(part);
        if (Files.isDirectory(place)) {
          add(out, written, place);
        } else {
          try (var files = java.nio.file.FileSystems.newFileSystem(place)) {
            add(out, written, files.getPath("/"));
          }
        }
      }
    }
    return jar;
  }

  private static String services() throws IOException {
    try (var services =
        OpenTelemetryBridge.class.getResourceAsStream(
            "/" + SERVICES + AutoConfigurationCustomizerProvider.class.getName())) {
      return new String(services.readAllBytes(), StandardCharsets.UTF_8).strip() + "\n";
    }
  }

  private static void add(JarOutputStream out, Set<String> written, Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = root.relativize(file).toString().replace(File.separatorChar, '/');
        if (name.endsWith(".class") && !name.contains("module-info") || name.startsWith(SERVICES)) {
          write(out, written, name, Files.readAllBytes(file));
        }
      }
    }
  }

  private static void write(JarOutputStream out, Set<String> written, String name, byte[] content)
      throws IOException {
    if (written.add(name)) {
      out.putNextEntry(new JarEntry(name));
      out.write(content);
    }
  }
}
