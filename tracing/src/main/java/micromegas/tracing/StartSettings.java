package micromegas.tracing;

import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import micromegas.tracing.clock.TickClock;
import micromegas.tracing.early.EarlySettings;
import micromegas.tracing.http.ApiKey;
import micromegas.tracing.http.ClientCredentials;
import micromegas.tracing.http.EnvironmentProxy;
import micromegas.tracing.http.HttpSettings;
import micromegas.tracing.record.Limits;
import micromegas.tracing.settings.ProcessFacts;
import micromegas.tracing.settings.Setting;
import micromegas.tracing.settings.SettingSources;
import micromegas.tracing.spi.BlockSampler;
import micromegas.tracing.spi.RequestAuthenticator;
import micromegas.tracing.uplink.UplinkSettings;

/// What telemetry starts with: what the builder and the settings of the process say together, with
/// defaults for the rest. Immutable.
///
/// @param spans whether spans are recorded
/// @param record which logs are recorded
/// @param console which logs are printed
/// @param jvmPeriod between metrics of the JVM, zero for none
/// @param http empty when nothing is sent
/// @param parent the process that started this one
/// @param properties of the process
record StartSettings(
    UplinkSettings uplink,
    Limits limits,
    boolean spans,
    LevelFilter record,
    LevelFilter console,
    Duration jvmPeriod,
    Optional<HttpSettings> http,
    Optional<UUID> parent,
    Map<String, String> properties) {

  private static final long MIB = 1024 * 1024;

  /// Reads all of them, and changes nothing.
  ///
  /// @throws IllegalArgumentException for a setting that cannot be understood; says which, and
  ///   where it came from
  static StartSettings of(TelemetryBuilder from) {
    SettingSources settings = from.sources;
    long heap = Runtime.getRuntime().maxMemory();
    TickClock.wanted(); // or fails
    EarlySettings.of(settings); // or fails; read long before
    return new StartSettings(
        uplink(from, heap),
        limits(from, heap),
        settings.text(Setting.MICROMEGAS_ENABLE_CPU_TRACING).filter("true"::equals).isPresent(),
        filter(settings, Setting.MICROMEGAS_TELEMETRY_LEVELS, Level.DEBUG),
        filter(settings, Setting.MICROMEGAS_CONSOLE_LEVELS, Level.INFO),
        Duration.ofSeconds(settings.number(Setting.MICROMEGAS_TELEMETRY_JVM_PERIOD, 0, 1)),
        http(from, heap),
        parent(settings),
        properties(from));
  }

  private static LevelFilter filter(SettingSources settings, Setting setting, Level otherwise) {
    return settings.value(setting, LevelFilter::parse).orElse(LevelFilter.of(otherwise));
  }

  private static UplinkSettings uplink(TelemetryBuilder from, long heap) {
    SettingSources settings = from.sources;
    BlockSampler sampler =
        settings
            .value(Setting.MICROMEGAS_TELEMETRY_SAMPLER, BlockSampler::parse)
            .orElse(UplinkSettings.DEFAULTS.sampler());
    return new UplinkSettings(
        Duration.ofSeconds(settings.number(Setting.MICROMEGAS_FLUSH_PERIOD, 1, 60)),
        from.severeDelay,
        from.workPatience,
        from.maxBlockBytes,
        from.highCompression,
        from.sampler.orElse(sampler),
        settings.number(Setting.MICROMEGAS_TELEMETRY_HELD_BYTES, 0, Math.min(32 * MIB, heap / 32)));
  }

  private static Limits limits(TelemetryBuilder from, long heap) {
    Limits defaults = from.limits == null ? Limits.defaults(heap) : from.limits;
    long bytes =
        from.sources.number(
            Setting.MICROMEGAS_TELEMETRY_CHUNK_BYTES, MIB / 4, defaults.chunkBytes());
    return new Limits(
        bytes,
        defaults.maxDepth(),
        defaults.maxTextBytes(),
        defaults.maxImageBytes(),
        defaults.workBytes());
  }

  private static Optional<UUID> parent(SettingSources settings) {
    return settings
        .text(Setting.MICROMEGAS_TELEMETRY_PARENT_PROCESS)
        .flatMap(text -> {
          try {
            return Optional.of(UUID.fromString(text));
          } catch (IllegalArgumentException e) {
            return Optional.empty(); // what other clients leave there is not our mistake
          }
        });
  }

  private static Map<String, String> properties(TelemetryBuilder from) {
    Map<String, String> properties = new LinkedHashMap<>();
    from.sources
        .value(Setting.MICROMEGAS_PROCESS_PROPERTIES, ProcessFacts::parseProperties)
        .ifPresent(properties::putAll);
    properties.putAll(from.properties);
    return properties;
  }

  private static Optional<HttpSettings> http(TelemetryBuilder from, long heap) {
    SettingSources settings = from.sources;
    Optional<ProxySelector> proxy =
        from.proxy.or(() -> EnvironmentProxy.of(settings.environment(), settings::property));
    RequestAuthenticator authenticator =
        from.authenticator.orElseGet(() -> authenticator(settings, proxy));
    long soft =
        settings.number(
            Setting.MICROMEGAS_TELEMETRY_MAX_QUEUE_BYTES, 0, Math.min(128 * MIB, heap / 16));
    long hard =
        settings.number(
            Setting.MICROMEGAS_TELEMETRY_HARD_QUEUE_BYTES, 0, Math.min(256 * MIB, heap / 8));
    long inFlight =
        settings.number(Setting.MICROMEGAS_TELEMETRY_MAX_IN_FLIGHT_REQUESTS, Long.MIN_VALUE, 3);
    long timeout = settings.number(Setting.MICROMEGAS_TELEMETRY_REQUEST_TIMEOUT_SECS, 1, 10);
    return settings
        .value(Setting.MICROMEGAS_TELEMETRY_URL, StartSettings::server)
        .map(server ->
            new HttpSettings(
                server,
                soft,
                hard,
                (int) Math.max(1, Math.min(inFlight, 64)),
                Duration.ofSeconds(timeout),
                authenticator,
                proxy));
  }

  private static URI server(String text) {
    URI server = URI.create(text);
    if (!"http".equals(server.getScheme()) && !"https".equals(server.getScheme())
        || server.getHost() == null) {
      throw new IllegalArgumentException("no address of an HTTP server: " + text);
    }
    return server;
  }

  private static RequestAuthenticator authenticator(
      SettingSources settings, Optional<ProxySelector> proxy) {
    Optional<String> key = settings.text(Setting.MICROMEGAS_INGESTION_API_KEY);
    if (key.isPresent()) {
      return new ApiKey(key.get());
    }
    Optional<URI> endpoint =
        settings.value(Setting.MICROMEGAS_OIDC_TOKEN_ENDPOINT, StartSettings::server);
    Optional<String> id = settings.text(Setting.MICROMEGAS_OIDC_CLIENT_ID);
    Optional<String> secret = settings.text(Setting.MICROMEGAS_OIDC_CLIENT_SECRET);
    if (endpoint.isPresent() && id.isPresent() && secret.isPresent()) {
      return new ClientCredentials(
          endpoint.get(),
          id.get(),
          secret.get(),
          settings.text(Setting.MICROMEGAS_OIDC_AUDIENCE),
          Duration.ofSeconds(settings.number(Setting.MICROMEGAS_OIDC_TOKEN_BUFFER_SECONDS, 0, 180)),
          proxy);
    }
    return RequestAuthenticator.NONE;
  }
}
