package micromegas.tracing;

import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import micromegas.tracing.record.Limits;
import micromegas.tracing.settings.ProcessFacts;
import micromegas.tracing.settings.Setting;
import micromegas.tracing.settings.SettingSources;
import micromegas.tracing.spi.BlockSampler;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.RequestAuthenticator;
import micromegas.tracing.uplink.UplinkSettings;
import org.jspecify.annotations.Nullable;

/// Settings of telemetry, see [Telemetry#builder]. What is not set here comes from system
/// properties (`micromegas.telemetry.url`), the environment (`MICROMEGAS_TELEMETRY_URL`) and
/// `micromegas.properties` on the class path, in this order. Not thread-safe.
public final class TelemetryBuilder {
  final SettingSources sources;
  final Map<String, String> properties = new LinkedHashMap<>();
  final List<TextSinks.TextSink> sinks = new ArrayList<>();
  Optional<RequestAuthenticator> authenticator = Optional.empty();
  Optional<ProxySelector> proxy = Optional.empty();
  Duration shutdownTimeout = Duration.ofSeconds(5);
  boolean metrics = true;
  boolean reuse;
  boolean givesWay;
  boolean shutdownHook = true;
  boolean uncaughtFailures = true;
  boolean highCompression;
  int maxBlockBytes = UplinkSettings.DEFAULTS.maxBlockBytes();
  Optional<BlockSampler> sampler = Optional.empty();
  Duration severeDelay = UplinkSettings.DEFAULTS.severeDelay();
  Duration workPatience = UplinkSettings.DEFAULTS.workPatience();
  @Nullable Limits limits;

  TelemetryBuilder(SettingSources sources) {
    this.sources = sources;
  }

  /// Address of the ingestion server, such as `http://127.0.0.1:9000`. Without one nothing is sent.
  public TelemetryBuilder server(URI server) {
    return set(Setting.MICROMEGAS_TELEMETRY_URL, server.toString());
  }

  /// Sends requests with a key.
  public TelemetryBuilder apiKey(String key) {
    return set(Setting.MICROMEGAS_INGESTION_API_KEY, key);
  }

  /// Gives requests their credentials, instead of those of the settings.
  public TelemetryBuilder authenticator(RequestAuthenticator own) {
    authenticator = Optional.of(own);
    return this;
  }

  /// Sends requests through a proxy, instead of that of the JVM's settings or of the environment
  /// (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`).
  public TelemetryBuilder proxy(ProxySelector own) {
    proxy = Optional.of(own);
    return this;
  }

  /// Whether spans are recorded; they are not by default. Can be switched later.
  public TelemetryBuilder spans(boolean on) {
    return set(Setting.MICROMEGAS_ENABLE_CPU_TRACING, Boolean.toString(on));
  }

  /// Whether metrics are recorded; they are by default. Can be switched later.
  public TelemetryBuilder metrics(boolean on) {
    metrics = on;
    return this;
  }

  /// Which logs are recorded; *debug* and more severe by default. Can be changed later.
  public TelemetryBuilder recordLevels(LevelFilter filter) {
    return set(Setting.MICROMEGAS_TELEMETRY_LEVELS, filter.toString());
  }

  /// Which logs are printed; *info* and more severe by default. Can be changed later.
  public TelemetryBuilder consoleLevels(LevelFilter filter) {
    return set(Setting.MICROMEGAS_CONSOLE_LEVELS, filter.toString());
  }

  /// One more sink, which takes no texts.
  public TelemetryBuilder sink(EventSink sink) {
    return sink(sink, LevelFilter.OFF);
  }

  /// One more sink.
  ///
  /// @param texts the logs that it takes as texts
  public TelemetryBuilder sink(EventSink sink, LevelFilter texts) {
    sinks.add(new TextSinks.TextSink(sink, texts));
    return this;
  }

  /// A property of the process.
  ///
  /// @throws IllegalArgumentException for a key that is empty or begins with `micromegas.`
  public TelemetryBuilder property(String key, String value) {
    ProcessFacts.checkKey(key);
    properties.put(key, value);
    return this;
  }

  /// The process that started this one, instead of the one in the environment.
  public TelemetryBuilder parent(UUID process) {
    return set(Setting.MICROMEGAS_TELEMETRY_PARENT_PROCESS, process.toString());
  }

  /// Time between two blocks of a stream; 60 s by default. Whole seconds.
  public TelemetryBuilder flushPeriod(Duration period) {
    return set(Setting.MICROMEGAS_FLUSH_PERIOD, Long.toString(Math.max(1, period.toSeconds())));
  }

  /// Time between metrics of the JVM and the machine, whole seconds; zero for none.
  public TelemetryBuilder jvmPeriod(Duration period) {
    return set(Setting.MICROMEGAS_TELEMETRY_JVM_PERIOD, Long.toString(period.toSeconds()));
  }

  /// Memory of events that are not encoded yet.
  public TelemetryBuilder chunkBytes(long bytes) {
    return set(Setting.MICROMEGAS_TELEMETRY_CHUNK_BYTES, Long.toString(bytes));
  }

  /// Memory of blocks that wait to be sent.
  ///
  /// @param soft above it new spans and images are dropped
  /// @param hard above it new logs and metrics are dropped
  public TelemetryBuilder queueBytes(long soft, long hard) {
    set(Setting.MICROMEGAS_TELEMETRY_MAX_QUEUE_BYTES, Long.toString(soft));
    return set(Setting.MICROMEGAS_TELEMETRY_HARD_QUEUE_BYTES, Long.toString(hard));
  }

  /// Decides which blocks of spans are sent, instead of the settings; all are by default.
  public TelemetryBuilder sampler(BlockSampler own) {
    sampler = Optional.of(own);
    return this;
  }

  /// Decides which blocks of spans are sent, in the words of [BlockSampler#parse].
  public TelemetryBuilder sampler(String text) {
    sampler = Optional.empty();
    return set(Setting.MICROMEGAS_TELEMETRY_SAMPLER, text);
  }

  /// Memory of blocks that wait for the sampler's verdict.
  public TelemetryBuilder heldBytes(long bytes) {
    return set(Setting.MICROMEGAS_TELEMETRY_HELD_BYTES, Long.toString(bytes));
  }

  /// Uncompressed events of a block; 1 MiB by default.
  public TelemetryBuilder blockBytes(int bytes) {
    maxBlockBytes = bytes;
    return this;
  }

  /// Compresses a third better for 25 times the time.
  public TelemetryBuilder highCompression(boolean high) {
    highCompression = high;
    return this;
  }

  /// How long details of a unit of work wait for its end, after which they are kept; 60 s by
  /// default.
  public TelemetryBuilder workPatience(Duration patience) {
    workPatience = patience;
    return this;
  }

  /// How long closing may take; 5 s by default.
  public TelemetryBuilder shutdownTimeout(Duration timeout) {
    shutdownTimeout = timeout;
    return this;
  }

  /// Whether telemetry is closed when the JVM exits; it is by default.
  public TelemetryBuilder shutdownHook(boolean on) {
    shutdownHook = on;
    return this;
  }

  /// Whether failures that end a thread are logged; they are by default.
  public TelemetryBuilder uncaughtFailures(boolean on) {
    uncaughtFailures = on;
    return this;
  }

  /// Whether [#start] returns the telemetry that runs already, if there is one, instead of failing.
  public TelemetryBuilder reuse(boolean on) {
    reuse = on;
    return this;
  }

  /// Whether this telemetry gives way to the application's own: a later [#start] that only takes
  /// the settings of the process gets this one, and one that has settings or sinks of its own
  /// replaces it. For agents, which start before the application does.
  public TelemetryBuilder givesWay(boolean on) {
    givesWay = on;
    return this;
  }

  /// Whether the program has said nothing, so that only the settings of the process count.
  boolean isPlain() {
    return !sources.hasProgramSettings()
        && properties.isEmpty()
        && sinks.isEmpty()
        && authenticator.isEmpty()
        && proxy.isEmpty()
        && sampler.isEmpty()
        && limits == null;
  }

  /// Starts telemetry.
  ///
  /// @throws IllegalArgumentException for a setting that cannot be understood; says which, and
  ///   where it came from
  /// @throws IllegalStateException when telemetry runs already
  public Telemetry start() {
    return Telemetry.start(this);
  }

  private TelemetryBuilder set(Setting setting, String value) {
    sources.set(setting, value);
    return this;
  }
}
