package micromegas.tracing.agent;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import micromegas.programs.Nothing;

/// A JVM that a test starts.
final class ChildJvm implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;

  private final Process process;
  private final BufferedReader output;
  private final List<String> read = new ArrayList<>();

  private ChildJvm(Process process) {
    this.process = process;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /// The JVMs of this machine that can run the tests' classes: this one, and the first `java` of
  /// the path if it is another version.
  static List<Path> javas() throws IOException, InterruptedException {
    Path own = Path.of(System.getProperty("java.home"), "bin", "java");
    List<Path> javas = new ArrayList<>(List.of(own));
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path java = Path.of(folder, "java");
      if (Files.isExecutable(java) && !java.toRealPath().equals(own.toRealPath())) {
        if (canRunTests(java)) {
          javas.add(java);
        }
        break;
      }
    }
    return javas;
  }

  private static boolean canRunTests(Path java) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                java.toString(), "-cp", classPath(ChildJvm.class), "micromegas.programs.Nothing")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor() == 0;
  }

  static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The class path of programs that use Netty, with its current release and, where the build has
  /// copied it, with the one before.
  static List<String> nettyClassPaths() throws IOException {
    String program = classPath(Nothing.class) + File.pathSeparator;
    List<String> paths = new ArrayList<>();
    paths.add(
        program
            + classPath(
                io.netty.handler.codec.http.HttpServerCodec.class,
                io.netty.handler.codec.ByteToMessageDecoder.class,
                io.netty.handler.codec.compression.ZlibWrapper.class,
                io.netty.handler.ssl.SslHandler.class,
                io.netty.channel.unix.Errors.class,
                io.netty.channel.Channel.class,
                io.netty.buffer.ByteBuf.class,
                io.netty.resolver.NameResolver.class,
                io.netty.util.concurrent.EventExecutor.class));
    String before = System.getProperty("micromegas.netty.before", "");
    if (!before.isEmpty()) {
      try (Stream<Path> jars = Files.list(Path.of(before))) {
        paths.add(
            program + jars.map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
      }
    }
    return paths;
  }

  static String classPath(Class<?>... types) {
    return Stream.of(types)
        .map(type -> location(type).toString())
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  /// Starts a JVM whose errors go to its output.
  static ChildJvm start(Path java, Map<String, String> environment, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(java.toString(), "-Xmx256m", "-Xshare:auto"));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(key -> key.startsWith("MICROMEGAS_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    return new ChildJvm(builder.start());
  }

  /// Runs a JVM to its end.
  ///
  /// @return the lines of its output
  static List<String> run(Path java, Map<String, String> environment, List<String> arguments)
      throws IOException, InterruptedException {
    try (ChildJvm child = start(java, environment, arguments)) {
      return child.finish();
    }
  }

  long pid() {
    return process.pid();
  }

  /// Writes a line to its input.
  void say(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /// Reads lines up to one that begins so, and returns them.
  List<String> readTo(String begin) {
    return CompletableFuture.supplyAsync(() -> readLines(begin))
        .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .join();
  }

  private List<String> readLines(String begin) {
    List<String> lines = new ArrayList<>();
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (isOfProgram(line)) {
          lines.add(line);
        }
        read.add(line);
        if (line.startsWith(begin)) {
          return lines;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError("no line \"" + begin + "\" in " + read);
  }

  /// Whether a line is not one of the JVM's warnings.
  private static boolean isOfProgram(String line) {
    return !line.isBlank() && !line.startsWith("WARNING: ") && !line.contains("VM warning: ");
  }

  /// Ends its input and waits for its end.
  List<String> finish() throws IOException, InterruptedException {
    process.getOutputStream().close();
    List<String> lines =
        CompletableFuture.supplyAsync(() -> output.lines().filter(ChildJvm::isOfProgram).toList())
            .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .join();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError("the JVM failed: " + read + lines);
    }
    return lines;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
