package micromegas.server;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import micromegas.common.BadRequestException;
import micromegas.common.UnavailableException;
import micromegas.ingestion.IngestionMetrics;
import micromegas.ingestion.IngestionService;
import micromegas.ingestion.admission.MemoryAdmission;
import micromegas.ingestion.grpc.OtlpGrpcServer;
import micromegas.ingestion.grpc.OtlpGrpcSettings;
import micromegas.ingestion.http.IngestionServer;
import micromegas.ingestion.http.IngestionSettings;
import micromegas.ingestion.http.Readiness;
import micromegas.ingestion.otlp.OtlpIngestion;
import micromegas.ingestion.otlp.OtlpSettings;
import micromegas.lake.DataLake;
import micromegas.lake.envelope.EnvelopeReader;
import micromegas.query.QueryLimits;
import micromegas.server.config.Configuration;
import micromegas.server.config.HostPort;
import micromegas.server.config.Role;
import micromegas.server.config.Setting;
import micromegas.server.config.Settings;
import micromegas.server.flight.FlightSettings;
import micromegas.server.flight.FlightSqlServer;
import micromegas.server.flight.QueryMetrics;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/// The composition root: the roles of one process over one backend. Thread-safe.
public final class Micromegas implements AutoCloseable {
  private final Backend backend;
  private final BufferAllocator allocator;
  private final Duration grace;
  private @Nullable IngestionService ingestionService;
  private @Nullable IngestionServer ingestion;
  private @Nullable OtlpGrpcServer otlpGrpc;
  private @Nullable FlightSqlServer flight;
  private Backend.@Nullable MaintenanceRole maintenance;
  private HostPort flightAddress = new HostPort("127.0.0.1", 0);
  private boolean closed;

  private Micromegas(Backend backend, BufferAllocator allocator, Duration grace) {
    this.backend = backend;
    this.allocator = allocator;
    this.grace = grace;
  }

  /// Starts the roles that the configuration names over the lakehouse that it names: PostgreSQL and
  /// an object store, or the embedded ones in the data directory. When this returns, every role
  /// answers.
  ///
  /// @param environment where the object store looks for its credentials
  /// @throws micromegas.common.MicromegasException saying which setting or service is in the way
  public static Micromegas start(Configuration configuration, Map<String, String> environment) {
    BufferAllocator allocator = new RootAllocator();
    Backend backend;
    try {
      backend = LakehouseBackend.open(configuration, environment, allocator);
    } catch (RuntimeException | Error e) {
      allocator.close();
      throw e;
    }
    return start(configuration, backend, allocator);
  }

  /// Starts the roles that the configuration names. When this returns, every one of them answers.
  ///
  /// @param backend closed together with the server, also when the start fails
  /// @throws micromegas.common.MicromegasException saying which setting or service is in the way
  public static Micromegas start(Configuration configuration, Backend backend) {
    return start(configuration, backend, new RootAllocator());
  }

  private static Micromegas start(
      Configuration configuration, Backend backend, BufferAllocator allocator) {
    Micromegas server =
        new Micromegas(
            backend,
            allocator,
            Duration.ofSeconds(configuration.get(Settings.SHUTDOWN_GRACE_PERIOD_SECONDS)));
    try {
      server.startRoles(configuration);
      return server;
    } catch (RuntimeException | Error e) {
      try {
        server.close();
      } catch (RuntimeException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  private void startRoles(Configuration configuration) {
    Set<Role> roles = configuration.get(Settings.ROLES);
    if (roles.contains(Role.INGESTION)) {
      startIngestion(configuration);
    }
    if (roles.contains(Role.FLIGHTSQL)) {
      HostPort address = configuration.get(Settings.FLIGHT_ADDRESS);
      flight =
          FlightSqlServer.start(
              flightSettings(configuration, address),
              backend.engine(),
              backend.catalog(),
              allocator);
      flightAddress = new HostPort(address.host(), flight.port());
    }
    if (roles.contains(Role.MAINTENANCE)) {
      maintenance = backend.startMaintenance();
    }
  }

  private void startIngestion(Configuration configuration) {
    DataLake lake = backend.lake();
    IngestionService service =
        new IngestionService(
            lake.metadata(), lake.objects(), new EnvelopeReader(), Clock.systemUTC());
    HostPort http = configuration.get(Settings.INGESTION_ADDRESS);
    IngestionSettings settings =
        ingestionSettings(configuration).withAddress(http.host(), http.port());
    OtlpIngestion otlp =
        new OtlpIngestion(
            service,
            OtlpSettings.DEFAULTS.withLimits(
                settings.atMostInFlight(configuration.get(Settings.OTLP_MAX_REQUEST_SIZE)),
                settings.atMostInFlight(configuration.get(Settings.OTLP_MAX_DECOMPRESSED_SIZE))),
            Clock.systemUTC());
    MemoryAdmission admission = settings.admission();
    ingestion =
        listening(
            Settings.INGESTION_ADDRESS,
            () ->
                IngestionServer.start(
                    settings,
                    service,
                    otlp,
                    Readiness.of(lake.metadata(), lake.objects()),
                    admission));
    otlpGrpc =
        configuration
            .get(Settings.OTLP_GRPC_ADDRESS)
            .map(grpc -> OtlpGrpcSettings.DEFAULTS.at(grpc.host(), grpc.port(), grace))
            .map(grpcSettings ->
                listening(
                    Settings.OTLP_GRPC_ADDRESS,
                    () -> OtlpGrpcServer.start(grpcSettings, otlp, admission)))
            .orElse(null);
    ingestionService = service;
  }

  /// Says which setting is in the way when an address is taken or does not exist.
  private static <T> T listening(Setting<?> address, Supplier<T> start) {
    try {
      return start.get();
    } catch (UnavailableException e) {
      throw new UnavailableException(address.name() + ": " + e.getMessage(), e);
    } catch (BadRequestException e) {
      throw new BadRequestException(address.name() + ": " + e.getMessage(), e);
    }
  }

  private IngestionSettings ingestionSettings(Configuration configuration) {
    IngestionSettings defaults = IngestionSettings.defaults(Runtime.getRuntime().maxMemory());
    return new IngestionSettings(
        defaults.host(),
        defaults.port(),
        defaults.atMostInFlight(configuration.get(Settings.MAX_REQUEST_SIZE)),
        defaults.maxBodyBytesInFlight(),
        defaults.admissionTimeout(),
        defaults.bodyTimeout(),
        defaults.idleTimeout(),
        defaults.maxConnections(),
        grace);
  }

  private static FlightSettings flightSettings(Configuration configuration, HostPort address) {
    return new FlightSettings(
        address.host(),
        address.port(),
        queryLimits(configuration),
        Math.toIntExact(configuration.get(Settings.MAX_REQUEST_SIZE)),
        FlightSettings.DEFAULT_TARGET_BATCH_BYTES,
        configuration.get(Settings.FLIGHT_SEND_AHEAD),
        configuration.get(Settings.FLIGHT_WAITING_QUERIES),
        configuration.get(Settings.FLIGHT_WAITING_TIME));
  }

  /// What one query may use.
  static QueryLimits queryLimits(Configuration configuration) {
    long memory = MemoryShares.of(configuration).queryEngineBytes();
    long perQuery =
        configuration
            .find(Settings.QUERY_MEMORY_MB)
            .map(megabytes -> megabytes * 1024 * 1024)
            .orElse(memory * 3 / 4);
    return new QueryLimits(
        perQuery / 2,
        perQuery,
        configuration.get(Settings.QUERY_TIMEOUT),
        configuration.get(Settings.QUERY_MAX_ROWS));
  }

  /// Where telemetry is taken; empty without that role.
  public Optional<HostPort> ingestionAddress() {
    return Optional.ofNullable(ingestion).map(IngestionServer::address).map(Micromegas::hostPort);
  }

  /// What the doors took and refused; empty without the role of ingestion.
  public Optional<IngestionMetrics> ingestionMetrics() {
    return Optional.ofNullable(ingestionService).map(IngestionService::metrics);
  }

  /// Where OpenTelemetry is taken over gRPC; empty without the role of ingestion, and when that
  /// door is off.
  public Optional<HostPort> otlpGrpcAddress() {
    return Optional.ofNullable(otlpGrpc).map(OtlpGrpcServer::address).map(Micromegas::hostPort);
  }

  private static HostPort hostPort(InetSocketAddress address) {
    return new HostPort(address.getHostString(), address.getPort());
  }

  /// Where FlightSQL is spoken; empty without that role.
  public Optional<HostPort> flightAddress() {
    return flight == null ? Optional.empty() : Optional.of(flightAddress);
  }

  /// What queries came to; empty without the FlightSQL role.
  public Optional<QueryMetrics> queryMetrics() {
    return Optional.ofNullable(flight).map(FlightSqlServer::metrics);
  }

  public Backend backend() {
    return backend;
  }

  /// Stops taking work, lets running calls finish within the grace period, then ends them. Closing
  /// twice is harmless.
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    // All doors drain at the same time.
    Thread draining = Thread.ofVirtual().start(this::stopIngestion);
    Thread drainingGrpc = Thread.ofVirtual().start(this::stopOtlpGrpc);
    try {
      if (flight != null) {
        flight.stop(grace);
      }
      draining.join();
      drainingGrpc.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      try {
        if (maintenance != null) {
          maintenance.close();
        }
      } finally {
        try {
          backend.close();
        } finally {
          allocator.close();
        }
      }
    }
  }

  private void stopOtlpGrpc() {
    if (otlpGrpc != null) {
      otlpGrpc.close();
    }
  }

  private void stopIngestion() {
    if (ingestion != null) {
      ingestion.close();
    }
  }
}
