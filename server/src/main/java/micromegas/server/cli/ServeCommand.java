package micromegas.server.cli;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import micromegas.server.Micromegas;
import micromegas.server.config.Configuration;
import micromegas.server.config.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import sun.misc.Signal;

/// Runs a server until SIGTERM or SIGINT.
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description =
        "Run a server: ingestion over HTTP, SQL over FlightSQL, maintenance. Without a connection"
            + " string and a store URI everything is kept in the data directory.")
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    Configuration configuration =
        SettingOptions.load(spec.commandLine().getParseResult(), System.getenv());
    configuration.warnings().forEach(LOG::warn);
    CountDownLatch stop = new CountDownLatch(1);
    Signal.handle(new Signal("TERM"), _ -> stop.countDown());
    Signal.handle(new Signal("INT"), _ -> stop.countDown());
    try (Micromegas server = Micromegas.start(configuration, System.getenv())) {
      server
          .flightAddress()
          .ifPresent(
              address -> WarmUp.run("grpc://" + address, configuration.get(Settings.WARM_UP)));
      ready(server, configuration, System.out);
      stop.await();
      LOG.info("stopping");
    }
    LOG.info("stopped");
    return 0;
  }

  /// The one line that scripts wait for.
  static void ready(Micromegas server, Configuration configuration, PrintStream out) {
    StringBuilder line = new StringBuilder("ready");
    server
        .ingestionAddress()
        .ifPresent(address -> line.append(" ingestion=http://").append(address));
    server.otlpGrpcAddress().ifPresent(address -> line.append(" otlp=grpc://").append(address));
    server.flightAddress().ifPresent(address -> line.append(" flight=grpc://").append(address));
    line.append(" data=").append(configuration.get(Settings.DATA_DIR));
    out.println(line);
    out.flush();
  }
}
