package micromegas.tracing.junit;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import micromegas.tracing.DefaultContext;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.Ticks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/// The telemetry of all tests of an engine, also of those that run at the same time: that which
/// runs, or one of its own. Thread-safe.
@SuppressWarnings("deprecation") // JUnit before 5.13 closes nothing else
final class Session implements CloseableResource, AutoCloseable {
  /// The configuration parameter.
  static final String LINES = "micromegas.junit.lines";

  static final int DEFAULT_LINES = 100;

  private final int lines;
  private final boolean mayRunOthers;
  private final Blocks blocks = new Blocks();

  /// Ids of contexts count from here; no span of the process has one.
  private final long firstId = Long.MIN_VALUE | ThreadLocalRandom.current().nextLong() >>> 2;

  private final Set<TestRun> active = ConcurrentHashMap.newKeySet();
  private final Set<Long> threads = ConcurrentHashMap.newKeySet();
  private volatile long nextId = firstId;
  private int classes;
  private @Nullable Telemetry own;
  private @Nullable Telemetry listenedTo;
  private Telemetry.@Nullable Attachment attachment;

  /// @param lines of each kind that are shown
  /// @param mayRunOthers whether tests that are not recorded may run at the same time
  Session(int lines, boolean mayRunOthers) {
    this.lines = lines;
    this.mayRunOthers = mayRunOthers;
  }

  /// The value of the configuration parameter.
  static int lines(String text) {
    try {
      int number = Integer.parseInt(text.strip());
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(LINES + " is no whole number: " + text, e);
    }
    throw new IllegalArgumentException(LINES + " must be at least 1: " + text);
  }

  /// The tests of a class need telemetry until this is closed.
  final class Use implements CloseableResource, AutoCloseable {
    Use() {
      synchronized (Session.this) {
        classes++;
      }
    }

    @Override
    public void close() {
      synchronized (Session.this) {
        if (--classes == 0) {
          stop();
        }
      }
    }
  }

  /// A test begins on this thread.
  synchronized TestRun begin() {
    listen();
    flush(); // what was recorded before is in blocks before
    TestRun test = new TestRun(nextId, blocks.next(), Ticks.now());
    nextId++;
    if (!active.isEmpty()) {
      test.otherRan();
      active.forEach(TestRun::otherRan);
    }
    active.add(test);
    runsOn(test, Thread.currentThread());
    return test;
  }

  /// A test goes on on a thread.
  @SuppressWarnings("deprecation") // Java 17 has no other
  void runsOn(TestRun test, Thread thread) {
    threads.add(thread.getId());
    test.addThread(thread.getId());
  }

  /// A test is over.
  synchronized void end(TestRun test) {
    active.remove(test);
    blocks.forgetBefore(
        active.stream().mapToLong(TestRun::firstBlock).min().orElseGet(blocks::next));
  }

  /// The test that goes on on this thread.
  @SuppressWarnings("deprecation") // Java 17 has no other
  Optional<TestRun> current() {
    long thread = Thread.currentThread().getId();
    return active.stream().filter(test -> test.hasThread(thread)).findFirst();
  }

  Blocks blocks() {
    return blocks;
  }

  /// Whether a test has that id.
  boolean isTest(long spanId) {
    return spanId >= firstId && spanId < nextId;
  }

  /// Whether a thread has run a test.
  boolean hasRunTests(long threadId) {
    return threads.contains(threadId);
  }

  /// What was recorded of a test until now, with what nobody knows the origin of.
  Recorded recorded(TestRun test) {
    flush();
    return new Attribution(this, test)
        .events(EnumSet.of(Attribution.Origin.THIS_TEST, Attribution.Origin.UNKNOWN));
  }

  /// The same as text.
  String report(TestRun test) {
    if (!test.othersRan() && !mayRunOthers) {
      return text(test).add(recorded(test)).toString();
    }
    flush();
    Attribution attribution = new Attribution(this, test);
    TelemetryText text = text(test);
    text.add(attribution.events(EnumSet.of(Attribution.Origin.THIS_TEST)));
    Recorded unknown = attribution.events(EnumSet.of(Attribution.Origin.UNKNOWN));
    if (!unknown.isEmpty()) {
      text.title("of other threads, while other tests may have run").add(unknown);
    }
    return text.toString();
  }

  private TelemetryText text(TestRun test) {
    return new TelemetryText(test.beginTicks(), blocks.ticksPerSecond(), lines);
  }

  private static void flush() {
    Telemetry.running().ifPresent(telemetry -> telemetry.flush(Duration.ZERO));
  }

  /// Makes sure that what runs now is listened to.
  private void listen() {
    Telemetry running = Telemetry.running().orElse(null);
    if (running != null && running == listenedTo) {
      return;
    }
    stop();
    if (running == null) {
      running =
          Telemetry.builder()
              .sink(blocks)
              .recordLevels(LevelFilter.of(Level.TRACE))
              .consoleLevels(LevelFilter.OFF)
              .spans(true)
              .jvmPeriod(Duration.ZERO)
              .shutdownHook(false)
              .givesWay(true)
              .start();
      own = running;
    } else {
      attachment = running.attach(blocks);
    }
    listenedTo = running;
    DefaultContext.spanIds(true);
  }

  private void stop() {
    DefaultContext.spanIds(false);
    Telemetry.Attachment attached = attachment;
    if (attached != null) {
      attached.close();
      attachment = null;
    }
    Telemetry mine = own;
    if (mine != null) {
      mine.close();
      own = null;
    }
    listenedTo = null;
  }

  /// The tests of the engine are over.
  @Override
  public synchronized void close() {
    stop();
  }
}
