package micromegas.ingestion.http;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DirectHandler;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import micromegas.common.BadRequestException;
import micromegas.common.UnavailableException;
import micromegas.ingestion.IngestionService;
import micromegas.ingestion.admission.Deadlines;
import micromegas.ingestion.admission.MemoryAdmission;
import micromegas.ingestion.aws.FirehoseIngestion;
import micromegas.ingestion.otlp.OtlpIngestion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running ingestion server: one virtual thread per connection. Closing it lets the requests that
/// are under way finish until the drain timeout, then interrupts them. Thread-safe.
public final class IngestionServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IngestionServer.class);

  private final WebServer server;
  private final Deadlines deadlines;
  private final InetSocketAddress address;

  private IngestionServer(WebServer server, Deadlines deadlines, InetSocketAddress address) {
    this.server = server;
    this.deadlines = deadlines;
    this.address = address;
  }

  /// Starts to listen.
  ///
  /// @param admission memory of the requests of all doors
  /// @throws BadRequestException when the host has no address
  /// @throws UnavailableException when the address is taken
  public static IngestionServer start(
      IngestionSettings settings,
      IngestionService service,
      OtlpIngestion otlp,
      Readiness readiness,
      MemoryAdmission admission) {
    InetAddress host = resolve(settings.host());
    Deadlines deadlines = new Deadlines("ingestion-deadlines", settings.bodyTimeout());
    BodyReader bodies = new BodyReader(settings.bodyTimeout(), admission, deadlines);
    WebServer server =
        WebServer.builder()
            .address(host)
            .port(settings.port())
            .maxPayloadSize(settings.maxBodyBytes())
            .maxTcpConnections(settings.maxConnections())
            .idleConnectionTimeout(settings.idleTimeout())
            .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
            .shutdownGracePeriod(settings.drainTimeout())
            .shutdownHook(false)
            .contentEncoding(new UntouchedBodies())
            .directHandlers(directHandlers())
            .addProtocol(
                Http1Config.builder()
                    .sendKeepAliveHeader(false)
                    .validateRequestHostHeader(false)
                    .build())
            .routing(HttpRouting.builder().any(routes(settings, service, otlp, readiness, bodies)))
            .build();
    try {
      start(server, settings);
    } catch (RuntimeException e) {
      deadlines.close();
      throw e;
    }
    InetSocketAddress address = new InetSocketAddress(host, server.port());
    LOG.info("ingestion listens on http:/{}", address);
    return new IngestionServer(server, deadlines, address);
  }

  /// Where it listens, with the port that was taken when the settings said 0.
  public InetSocketAddress address() {
    return address;
  }

  /// Stops: no new request, those under way finish until the drain timeout.
  @Override
  public void close() {
    server.stop();
    deadlines.close();
  }

  /// The library reports an address that is taken by not running.
  private static void start(WebServer server, IngestionSettings settings) {
    String where = settings.host() + ":" + settings.port();
    try {
      server.start();
    } catch (RuntimeException e) {
      throw new UnavailableException("cannot listen on " + where + ": " + e.getMessage(), e);
    }
    if (!server.isRunning() || server.port() < 0) {
      server.stop();
      throw new UnavailableException("cannot listen on " + where + ": is the address taken?");
    }
  }

  private static Routes routes(
      IngestionSettings settings,
      IngestionService service,
      OtlpIngestion otlp,
      Readiness readiness,
      BodyReader bodies) {
    ContentReader contents = new ContentReader(bodies, otlp.settings());
    return new Routes(
        new NativeEndpoints(service, bodies, settings.maxBodyBytes()),
        new OtlpEndpoint(otlp, contents),
        new WebhookEndpoint(otlp, contents),
        new FirehoseEndpoint(new FirehoseIngestion(otlp), contents, Clock.systemUTC()),
        readiness);
  }

  private static DirectHandlers directHandlers() {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
      handlers.addHandler(event, Answers.direct());
    }
    return handlers.build();
  }

  private static InetAddress resolve(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new BadRequestException("ingestion host '" + host + "' has no address", e);
    }
  }
}
