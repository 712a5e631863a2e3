package micromegas.tracing;

import java.net.ProxySelector;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import micromegas.tracing.clock.ProcessClock;
import micromegas.tracing.clock.TickClock;
import micromegas.tracing.http.ApiKey;
import micromegas.tracing.http.ClientCredentials;
import micromegas.tracing.http.EnvironmentProxy;
import micromegas.tracing.http.HttpSettings;
import micromegas.tracing.http.HttpSink;
import micromegas.tracing.monitor.JvmMonitor;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.Limits;
import micromegas.tracing.record.Loss;
import micromegas.tracing.record.Recording;
import micromegas.tracing.record.SdkThread;
import micromegas.tracing.settings.ProcessFacts;
import micromegas.tracing.settings.Setting;
import micromegas.tracing.settings.SettingSources;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.RequestAuthenticator;
import micromegas.tracing.uplink.Uplink;
import micromegas.tracing.uplink.UplinkSettings;
import micromegas.transit.ProcessInfo;
import org.jspecify.annotations.Nullable;

/// Telemetry of this process, from its start to its close. One at a time; before and after, all
/// call sites do nothing.
///
/// ```java
/// try (Telemetry telemetry = Telemetry.builder().server(URI.create("http://127.0.0.1:9000")).start()) {
///   ...
/// }
/// ```
///
/// It is also closed when the JVM exits. Thread-safe.
public final class Telemetry implements AutoCloseable {
  private static final AtomicReference<@Nullable Telemetry> RUNNING = new AtomicReference<>();
  private static final Log LOG = Log.of("micromegas.tracing");
  private static final long MIB = 1024 * 1024;

  /// Cuts at the end until no losses are left to tell; two are enough unless threads still record.
  private static final int LAST_REPORTS = 8;

  private final ProcessInfo process;
  private final Engine engine;
  private final Uplink uplink;
  private final SelfReport report;
  private final List<EventSink> sinks;
  private final List<TextSinks.TextSink> texts;
  private final Duration shutdownTimeout;
  private final boolean givesWay;
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable Thread hook;
  private @Nullable UncaughtFailures uncaught;
  private @Nullable JvmMonitor monitor;

  private Telemetry(TelemetryBuilder from) {
    SettingSources settings = from.sources;
    long heap = Runtime.getRuntime().maxMemory();
    UplinkSettings uplinkSettings =
        new UplinkSettings(
            Duration.ofSeconds(settings.number(Setting.MICROMEGAS_FLUSH_PERIOD, 1, 60)),
            from.severeDelay,
            from.workPatience,
            from.maxBlockBytes,
            from.highCompression,
            from.sampler,
            settings.number(
                Setting.MICROMEGAS_TELEMETRY_HELD_BYTES, 0, Math.min(32 * MIB, heap / 32)));
    Limits limits = limits(from, heap);
    boolean spans =
        settings.text(Setting.MICROMEGAS_ENABLE_CPU_TRACING).filter("true"::equals).isPresent();
    LevelFilter record =
        settings
            .value(Setting.MICROMEGAS_TELEMETRY_LEVELS, LevelFilter::parse)
            .orElse(LevelFilter.of(Level.DEBUG));
    LevelFilter console =
        settings
            .value(Setting.MICROMEGAS_CONSOLE_LEVELS, LevelFilter::parse)
            .orElse(LevelFilter.of(Level.INFO));
    long jvmPeriod = settings.number(Setting.MICROMEGAS_TELEMETRY_JVM_PERIOD, 0, 1);
    Optional<HttpSettings> http = http(from, heap);
    TickClock.wanted(); // or fails
    UUID id = UUID.randomUUID();
    ProcessClock clock = ProcessClock.start(Clock.systemUTC());
    process = ProcessFacts.describe(id, parent(settings), clock, properties(from));
    shutdownTimeout = from.shutdownTimeout;
    givesWay = from.givesWay;
    // Everything above may fail, and has changed nothing; from here on nothing does.
    sinks = new CopyOnWriteArrayList<>(); // others may come later
    texts = new ArrayList<>();
    for (TextSinks.TextSink entry : from.sinks) {
      EventSink guarded = new GuardedSink(entry.sink());
      sinks.add(guarded);
      texts.add(new TextSinks.TextSink(guarded, entry.filter()));
    }
    ConsoleSink printer = ConsoleSink.standardOutput();
    texts.add(new TextSinks.TextSink(printer, console));
    http.ifPresent(httpSettings ->
        sinks.add(
            new HttpSink(httpSettings, (level, text) -> LOG.log(level, text, PropertySet.EMPTY))));
    uplink = new Uplink(uplinkSettings);
    engine = new Engine(limits, uplink);
    sinks.forEach(sink -> sink.start(process));
    report = new SelfReport(engine, uplink, sinks, clock, Clock.systemUTC());
    uplink.start(id, engine, clock, sinks, report);
    Recording.install(engine, spans, from.metrics);
    TextSinks.set(texts);
    LogFilters.set(record, texts.stream().map(TextSinks.TextSink::filter).toList());
    TickClock.refusal()
        .ifPresent(reason -> LOG.warn("events are stamped by System.nanoTime(): {}", reason));
    if (jvmPeriod > 0) {
      monitor = JvmMonitor.start(Duration.ofSeconds(jvmPeriod));
    }
  }

  /// Settings; those that are not made come from the environment.
  public static TelemetryBuilder builder() {
    return new TelemetryBuilder(SettingSources.ofProcess());
  }

  /// Starts with what the environment says.
  ///
  /// @throws IllegalArgumentException for a setting that cannot be understood
  /// @throws IllegalStateException when telemetry runs already
  public static Telemetry startFromEnvironment() {
    return builder().start();
  }

  /// The telemetry that runs, if any.
  public static Optional<Telemetry> running() {
    return Optional.ofNullable(RUNNING.get());
  }

  static Telemetry start(TelemetryBuilder from) {
    synchronized (RUNNING) {
      Telemetry there = RUNNING.get();
      if (there != null) {
        if (from.reuse || there.givesWay && from.isPlain()) {
          return there;
        }
        if (there.givesWay) {
          there.giveWay();
          return begin(from);
        }
        throw new IllegalStateException(
            "telemetry runs already as process "
                + there.process.processId()
                + "; close it first, or use reuse(true)");
      }
      return begin(from);
    }
  }

  private static Telemetry begin(TelemetryBuilder from) {
    Telemetry telemetry = new Telemetry(from);
    RUNNING.set(telemetry);
    telemetry.installHooks(from);
    return telemetry;
  }

  /// Stops recording now, and sends what was recorded in the background.
  private void giveWay() {
    synchronized (closed) {
      if (!closed.compareAndSet(false, true)) {
        return;
      }
      stopRecording();
    }
    new SdkThread(this::sendAlone, "micromegas-handover").start();
  }

  private void sendAlone() {
    synchronized (closed) { // closing at the exit of the JVM waits for it
      send();
    }
  }

  private void installHooks(TelemetryBuilder from) {
    if (from.uncaughtFailures) {
      uncaught = UncaughtFailures.install(this);
    }
    if (from.shutdownHook) {
      Thread closing = new Thread(this::close, "micromegas-shutdown");
      hook = closing;
      Runtime.getRuntime().addShutdownHook(closing);
    }
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
        .value(Setting.MICROMEGAS_TELEMETRY_URL, Telemetry::server)
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
        settings.value(Setting.MICROMEGAS_OIDC_TOKEN_ENDPOINT, Telemetry::server);
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

  /// What the process says about itself.
  public ProcessInfo process() {
    return process;
  }

  /// What was lost since the start, as far as it is not zero: events that were not recorded by
  /// kind, requests that were given up or not queued by the name of their metric.
  public Map<String, Long> losses() {
    Map<String, Long> losses = new TreeMap<>();
    for (Loss loss : Loss.values()) {
      losses.put(loss.kind(), engine.losses().count(loss));
    }
    for (EventSink sink : sinks) {
      sink.counters().forEach((name, count) -> losses.merge(name, count, Long::sum));
    }
    losses.values().removeIf(count -> count == 0);
    return losses;
  }

  /// Makes a process that `builder` will start name this one as its parent.
  public void link(ProcessBuilder builder) {
    builder
        .environment()
        .put(Setting.MICROMEGAS_TELEMETRY_PARENT_PROCESS.name(), process.processId().toString());
  }

  /// Records spans from now on, or does not; open spans are ended either way.
  public void switchSpans(boolean on) {
    Recording.switchSpans(on);
  }

  /// Records metrics from now on, or does not.
  public void switchMetrics(boolean on) {
    Recording.switchMetrics(on);
  }

  /// Changes which logs are recorded.
  public void recordLevels(LevelFilter filter) {
    LogFilters.set(Objects.requireNonNull(filter), LogFilters.print());
  }

  /// Changes which logs are printed on the console.
  public synchronized void consoleLevels(LevelFilter filter) {
    int console = texts.size() - 1;
    texts.set(console, new TextSinks.TextSink(texts.get(console).sink(), filter));
    TextSinks.set(texts);
    LogFilters.set(LogFilters.record(), texts.stream().map(TextSinks.TextSink::filter).toList());
  }

  /// A sink that was added while telemetry ran; closing this takes it away again, without closing
  /// it.
  public interface Attachment extends AutoCloseable {
    @Override
    void close();
  }

  /// Gives blocks to one more sink from now on. It gets no texts, and is told of a stream when the
  /// first block comes that it sees. What is recorded but not cut yet comes too; flush first to
  /// keep it out.
  public Attachment attach(EventSink sink) {
    EventSink late = new GuardedSink(new LateSink(sink));
    late.start(process);
    sinks.add(late);
    return () -> sinks.remove(late);
  }

  /// Cuts what was recorded until now into blocks and waits until the sinks have sent it.
  ///
  /// @param timeout null is none
  /// @return whether everything was sent in time
  public boolean flush(Duration timeout) {
    long end = System.nanoTime() + (timeout == null ? 0 : timeout.toNanos());
    uplink.cut(false);
    boolean sent = true;
    for (EventSink sink : sinks) {
      sent &= sink.flush(left(end));
    }
    return sent;
  }

  /// Sends what was recorded, for at most the shutdown timeout, and ends. Closing again waits for
  /// that, so that a JVM that exits meanwhile loses nothing.
  @Override
  public void close() {
    synchronized (closed) {
      if (closed.compareAndSet(false, true)) {
        end();
      }
    }
  }

  private void end() {
    stopRecording();
    send();
  }

  private void stopRecording() {
    if (monitor != null) {
      monitor.stop();
    }
    if (uncaught != null) {
      uncaught.uninstall();
    }
    uplink.cut(false);
    LogFilters.clear();
    TextSinks.set(List.of());
    Recording.uninstall(engine);
    uplink.stop();
    uplink.cut(true);
    for (int i = 0; i < LAST_REPORTS && !report.isQuiet(); i++) {
      uplink.cut(true); // what the cut before reported about losses
    }
    uplink.end();
  }

  private void send() {
    long end = System.nanoTime() + shutdownTimeout.toNanos();
    for (EventSink sink : sinks) {
      sink.close(left(end));
    }
    RUNNING.compareAndSet(this, null);
    removeHook();
  }

  private void removeHook() {
    Thread closing = hook;
    if (closing == null || Thread.currentThread() == closing) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(closing);
    } catch (IllegalStateException e) {
      return; // the JVM is exiting
    }
  }

  private static Duration left(long endNanos) {
    return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
  }
}
