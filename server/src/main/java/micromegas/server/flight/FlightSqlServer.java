package micromegas.server.flight;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import micromegas.common.BadRequestException;
import micromegas.query.QueryEngine;
import micromegas.query.TableCatalog;
import org.apache.arrow.memory.BufferAllocator;

/// The FlightSQL service on a port. Plain text; TLS ends at a load balancer in front.
public final class FlightSqlServer implements AutoCloseable {
  private final Server server;
  private final MicromegasFlightService service;
  private final ExecutorService executor;

  private FlightSqlServer(
      Server server, MicromegasFlightService service, ExecutorService executor) {
    this.server = server;
    this.service = service;
    this.executor = executor;
  }

  /// @param allocator for metadata answers; results use their engine's own
  /// @throws BadRequestException when the address cannot be listened on
  public static FlightSqlServer start(
      FlightSettings settings,
      QueryEngine engine,
      TableCatalog catalog,
      BufferAllocator allocator) {
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    MicromegasFlightService service =
        new MicromegasFlightService(engine, catalog, allocator, settings);
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(settings.host(), settings.port()))
            .executor(executor)
            .maxInboundMessageSize(settings.maxInboundBytes())
            .addService(service)
            .intercept(new CallContext())
            .fallbackHandlerRegistry(new HealthMethods())
            .build();
    try {
      server.start();
    } catch (IOException e) {
      service.close();
      executor.close();
      throw new BadRequestException(
          "flight-address: cannot listen on "
              + settings.host()
              + ":"
              + settings.port()
              + ": "
              + (e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
          e);
    }
    return new FlightSqlServer(server, service, executor);
  }

  /// The port it listens on.
  public int port() {
    return server.getPort();
  }

  /// What queries came to so far.
  public QueryMetrics metrics() {
    return service.metrics();
  }

  /// Takes no more calls, waits up to `grace` for running ones, then cancels what is left.
  public void stop(Duration grace) {
    server.shutdown();
    try {
      if (!server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    service.close();
    executor.shutdown();
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }
}
