package micromegas.ingestion.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import micromegas.common.BadRequestException;
import micromegas.common.UnavailableException;
import micromegas.ingestion.Door;
import micromegas.ingestion.admission.Deadlines;
import micromegas.ingestion.admission.MemoryAdmission;
import micromegas.ingestion.otlp.OtlpIngestion;
import micromegas.otlp.Signal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running door for OTLP over gRPC. Messages are received by the threads of the connections and
/// stored on virtual threads. Closing it refuses new calls, lets those under way finish until the
/// drain timeout, then ends them. Thread-safe.
public final class OtlpGrpcServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OtlpGrpcServer.class);

  /// Clients may ask this often whether the connection is alive.
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

  /// What a client may send of a message before anybody asked for it.
  private static final int FLOW_CONTROL_WINDOW = 256 * 1024;

  private final Server server;
  private final ExecutorService executor;
  private final Deadlines deadlines;
  private final InetSocketAddress address;
  private final Duration drainTimeout;

  private OtlpGrpcServer(
      Server server,
      ExecutorService executor,
      Deadlines deadlines,
      InetSocketAddress address,
      Duration drainTimeout) {
    this.server = server;
    this.executor = executor;
    this.deadlines = deadlines;
    this.address = address;
    this.drainTimeout = drainTimeout;
  }

  /// Starts to listen.
  ///
  /// @param admission memory of the requests of all doors
  /// @throws BadRequestException when the host has no address
  /// @throws UnavailableException when the address is taken
  public static OtlpGrpcServer start(
      OtlpGrpcSettings settings, OtlpIngestion ingestion, MemoryAdmission admission) {
    InetAddress host = resolve(settings.host());
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("otlp-grpc-", 0).factory());
    Deadlines deadlines = new Deadlines("otlp-grpc-deadlines", settings.messageTimeout());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(host, settings.port()))
            .directExecutor()
            .decompressorRegistry(RawMessages.undecompressed())
            .addStreamTracerFactory(
                InboundBytes.factory(admission, status -> count(status, ingestion)))
            .maxInboundMessageSize(ingestion.settings().maxWireBytes())
            .maxConcurrentCallsPerConnection(settings.maxCallsPerConnection())
            .flowControlWindow(FLOW_CONTROL_WINDOW)
            .permitKeepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true);
    ExportCalls.Tools tools = new ExportCalls.Tools(deadlines, executor);
    for (Signal signal : Signal.values()) {
      builder.addService(service(signal, new ExportCalls(signal, ingestion, admission, tools)));
    }
    Server server;
    try {
      server = builder.build().start();
    } catch (IOException e) {
      executor.close();
      deadlines.close();
      throw new UnavailableException(
          "cannot listen on %s:%d: %s".formatted(settings.host(), settings.port(), rootMessage(e)),
          e);
    }
    InetSocketAddress address = new InetSocketAddress(host, server.getPort());
    LOG.info("OTLP/gRPC listens on grpc:/{}", address);
    return new OtlpGrpcServer(server, executor, deadlines, address, settings.drainTimeout());
  }

  /// Where it listens, with the port that was taken when the settings said 0.
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(drainTimeout.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.warn("calls are still under way after {}; they are ended", drainTimeout);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      server.shutdownNow();
      deadlines.close();
      executor.shutdownNow();
    }
  }

  private static ServerServiceDefinition service(Signal signal, ExportCalls calls) {
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(signal.grpcMethod())
            .setRequestMarshaller(RawMessages.MARSHALLER)
            .setResponseMarshaller(RawMessages.MARSHALLER)
            .build();
    String service = MethodDescriptor.extractFullServiceName(signal.grpcMethod());
    return ServerServiceDefinition.builder(service).addMethod(method, calls).build();
  }

  /// Messages over the limit are refused by the library, so calls are counted as they end.
  private static void count(Status status, OtlpIngestion ingestion) {
    switch (status.getCode()) {
      case INVALID_ARGUMENT, RESOURCE_EXHAUSTED -> ingestion.rejected(Door.OTLP_GRPC);
      default -> {}
    }
  }

  private static String rootMessage(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  private static InetAddress resolve(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new BadRequestException("OTLP/gRPC host '" + host + "' has no address", e);
    }
  }
}
