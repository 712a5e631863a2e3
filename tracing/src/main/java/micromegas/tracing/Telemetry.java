package micromegas.tracing;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
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
import micromegas.tracing.http.HttpSink;
import micromegas.tracing.monitor.JvmMonitor;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.Loss;
import micromegas.tracing.record.Recording;
import micromegas.tracing.record.SdkThread;
import micromegas.tracing.settings.ProcessFacts;
import micromegas.tracing.settings.Setting;
import micromegas.tracing.settings.SettingSources;
import micromegas.tracing.spi.BlockSampler;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.uplink.Uplink;
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

  /// Cuts at the end until no losses are left to tell; two are enough unless threads still record.
  private static final int LAST_REPORTS = 8;

  private final ProcessInfo process;
  private final Engine engine;
  private final Uplink uplink;
  private final SelfReport report;
  private final List<EventSink> sinks;
  private final List<TextSinks.TextSink> texts;
  private final BlockSampler sampler;
  private final Duration shutdownTimeout;
  private final boolean givesWay;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final List<Runnable> lastActions = new CopyOnWriteArrayList<>();
  private @Nullable Thread hook;
  private @Nullable UncaughtFailures uncaught;
  private @Nullable JvmMonitor monitor;
  private @Nullable SamplerControl control;

  private Telemetry(TelemetryBuilder from, StartSettings settings) {
    UUID id = UUID.randomUUID();
    EarlyReplay early = new EarlyReplay();
    ProcessClock clock = early.startOf(ProcessClock.start(Clock.systemUTC()));
    process = ProcessFacts.describe(id, settings.parent(), clock, settings.properties());
    shutdownTimeout = from.shutdownTimeout;
    givesWay = from.givesWay;
    sampler = settings.uplink().sampler();
    sinks = new CopyOnWriteArrayList<>(); // others may come later
    texts = new ArrayList<>();
    for (TextSinks.TextSink entry : from.sinks) {
      EventSink guarded = new GuardedSink(entry.sink());
      sinks.add(guarded);
      texts.add(new TextSinks.TextSink(guarded, entry.filter()));
    }
    ConsoleSink printer = ConsoleSink.standardOutput();
    texts.add(new TextSinks.TextSink(printer, settings.console()));
    settings
        .http()
        .ifPresent(http ->
            sinks.add(
                new HttpSink(http, (level, text) -> LOG.log(level, text, PropertySet.EMPTY))));
    uplink = new Uplink(settings.uplink());
    engine = new Engine(settings.limits(), uplink);
    sinks.forEach(sink -> sink.start(process));
    report = new SelfReport(engine, uplink, sinks, clock, Clock.systemUTC());
    uplink.start(id, engine, clock, sinks, report);
    early.start(
        engine, settings.record(), () -> Recording.install(engine, settings.spans(), from.metrics));
    TextSinks.set(texts);
    LogFilters.set(settings.record(), texts.stream().map(TextSinks.TextSink::filter).toList());
    TickClock.refusal()
        .ifPresent(reason -> LOG.warn("events are stamped by System.nanoTime(): {}", reason));
    if (!settings.jvmPeriod().isZero()) {
      monitor = JvmMonitor.start(settings.jvmPeriod());
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
          StartSettings settings = StartSettings.of(from); // or fails, and nothing has changed
          there.giveWay();
          return begin(from, settings);
        }
        throw new IllegalStateException(
            "telemetry runs already as process "
                + there.process.processId()
                + "; close it first, or use reuse(true)");
      }
      return begin(from, StartSettings.of(from));
    }
  }

  private static Telemetry begin(TelemetryBuilder from, StartSettings settings) {
    Telemetry telemetry = new Telemetry(from, settings);
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
    if (sampler.heedsDemands()) {
      control = SamplerControl.register(this);
    }
    if (from.shutdownHook) {
      Thread closing = new Thread(this::close, "micromegas-shutdown");
      hook = closing;
      Runtime.getRuntime().addShutdownHook(closing);
    }
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

  /// Sends the blocks of spans of the last time too, to the second, as far as they wait still. For
  /// samplers that come from settings; the management bean `micromegas:type=Sampler` does the same.
  ///
  /// @param duration null is none
  /// @return false when no part of the sampler keeps blocks on demand
  public boolean keepLast(Duration duration) {
    return demand(Objects.requireNonNullElse(duration, Duration.ZERO), Duration.ZERO);
  }

  /// Sends all blocks of spans from now on, for that long, to the second.
  ///
  /// @param duration null is none
  /// @return false when no part of the sampler keeps blocks on demand
  public boolean keepFor(Duration duration) {
    return demand(Duration.ZERO, Objects.requireNonNullElse(duration, Duration.ZERO));
  }

  private boolean demand(Duration before, Duration after) {
    boolean heeded = sampler.heedsDemands();
    if (heeded) {
      sampler.demand(before, after);
    }
    return heeded;
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

  /// Something that was added while telemetry ran; closing this takes it away again, without
  /// closing what was added.
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

  /// Does something when telemetry is closed, also by the exit of the JVM, before it stops to
  /// record: for recorders that hold events back. It runs on the thread that closes, and must bound
  /// the time that it takes. It does not run when telemetry gives way to another.
  ///
  /// @return closing it forgets the action
  public Attachment beforeClose(Runnable action) {
    if (action != null) {
      lastActions.add(action);
    }
    return () -> lastActions.remove(action);
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
    for (Runnable action : lastActions) {
      try {
        action.run();
      } catch (RuntimeException e) {
        LOG.warn("what was to happen before the end failed", e);
      }
    }
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
    if (control != null) {
      control.close();
    }
    uplink.cut(false);
    LogFilters.clear();
    TextSinks.set(List.of());
    Recording.uninstall(engine);
    uplink.stop();
    report.end();
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
