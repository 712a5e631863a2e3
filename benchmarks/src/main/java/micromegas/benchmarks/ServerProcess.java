package micromegas.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A server of its own process on embedded defaults, so that its CPU time is known.
final class ServerProcess implements AutoCloseable {
  private static final Pattern READY =
      Pattern.compile(
          "ready ingestion=http://127\\.0\\.0\\.1:(\\d+) otlp=grpc://127\\.0\\.0\\.1:(\\d+)"
              + " flight=grpc://127\\.0\\.0\\.1:(\\d+) .*");

  private final Process process;
  private final Matcher ports;
  private final ProcessHandle postmaster;

  private ServerProcess(Process process, Matcher ports, ProcessHandle postmaster) {
    this.process = process;
    this.ports = ports;
    this.postmaster = postmaster;
  }

  /// Starts a server of this JVM's classes in `folder` and waits until it is ready.
  static ServerProcess start(Path folder) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx700m",
            "-cp",
            System.getProperty("java.class.path"),
            "micromegas.server.cli.Main"));
    return start(new ProcessBuilder(command), folder);
  }

  /// Adds `serve` and its arguments to `program`, starts it and waits until it is ready.
  static ServerProcess start(ProcessBuilder program, Path folder) throws IOException {
    program
        .command()
        .addAll(
            List.of(
                "serve",
                "--data-dir=" + folder.resolve("data"),
                "--ingestion-address=127.0.0.1:0",
                "--otlp-grpc-address=127.0.0.1:0",
                "--flight-address=127.0.0.1:0",
                "--roles=ingestion,flightsql",
                "--memory=1500MiB"));
    Process process = program.redirectError(folder.resolve("server.log").toFile()).start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    Matcher matcher = READY.matcher(line == null ? "" : line);
    if (!matcher.matches()) {
      process.destroyForcibly();
      throw new CheckFailedException("the server did not start: " + line);
    }
    List<String> lines = Files.readAllLines(folder.resolve("data/postgres/data/postmaster.pid"));
    ProcessHandle postmaster =
        ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
            .orElseThrow(() -> new CheckFailedException("PostgreSQL is not there"));
    return new ServerProcess(process, matcher, postmaster);
  }

  InetSocketAddress http() {
    return address(1);
  }

  InetSocketAddress grpc() {
    return address(2);
  }

  String flight() {
    return "grpc://127.0.0.1:" + ports.group(3);
  }

  private InetSocketAddress address(int group) {
    return new InetSocketAddress("127.0.0.1", Integer.parseInt(ports.group(group)));
  }

  /// CPU time of the server so far.
  Duration cpu() {
    return cpu(process.toHandle());
  }

  /// CPU time of its PostgreSQL so far, of the processes that are still there.
  Duration postgresCpu() {
    try (Stream<ProcessHandle> descendants = postmaster.descendants()) {
      return descendants.map(ServerProcess::cpu).reduce(Duration.ZERO, Duration::plus);
    }
  }

  private static Duration cpu(ProcessHandle handle) {
    return handle.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
