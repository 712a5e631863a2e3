package micromegas.tracing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import micromegas.tracing.spi.Recorder;

/// Measures what the hot entry points allocate on the calling thread. Also run as a program, with
/// the JIT limited.
final class AllocationProbe {
  private static final int CALLS = 50_000;
  private static final int WARM_UPS = 6;

  /// Of several rounds the smallest counts: a chunk that the pool adds, because the uplink was
  /// late, is in one round; what a call allocates is in all of them.
  private static final int ROUNDS = 8;

  /// On a busy machine the uplink may be late in many rounds, so there are more of them until one
  /// is clean; a call that allocates has none.
  private static final int MAX_ROUNDS = 60;

  private static final long CLEAN = 1_000;

  private static final SpanSite SPAN = Sites.here().span("span");
  private static final NamedSpanSite NAMED = Sites.here().namedSpan();
  private static final Name NAME = Name.of("name");
  private static final IntMetric COUNT = Sites.here().intMetric("count", "count");
  private static final FloatMetric RATIO = Sites.here().floatMetric("ratio", "ratio");
  private static final PropertySet SET = PropertySet.of("a", "b");
  private static final PropertySet OTHER = PropertySet.of("a", "c");
  private static final LogSite CONSTANT = Sites.here().info("constant");
  private static final Log LOG = Log.of(AllocationProbe.class);
  private static final String TEXT = "a text of forty-four characters, as measured";
  private static final String WIDE = "ein Text mit Umlauten äöü und € darin, 44 Z.";

  private AllocationProbe() {}

  /// Bytes per entry point for all calls together.
  static Map<String, Long> measure(Telemetry telemetry) {
    Map<String, Runnable> entries = new LinkedHashMap<>();
    entries.put("span", () -> SPAN.enter().close());
    entries.put(
        "nested spans",
        () -> {
          try (SpanScope a = SPAN.enter();
              SpanScope b = SPAN.enter();
              SpanScope c = SPAN.enter();
              SpanScope d = SPAN.enter()) {
            RATIO.record(1);
          }
        });
    entries.put("named span", () -> NAMED.enter(NAME).close());
    entries.put("span by token", () -> Recorder.end(Recorder.begin(SPAN.id())));
    entries.put("integer metric", () -> COUNT.record(7));
    entries.put("float metric", () -> RATIO.record(0.7));
    entries.put(
        "tagged metrics",
        () -> {
          COUNT.record(7, SET);
          COUNT.record(8, OTHER);
        });
    entries.put("constant log", CONSTANT::log);
    entries.put("log of a ready text", () -> LOG.info(TEXT));
    entries.put("log of a wide text", () -> LOG.info(WIDE));
    entries.put("log that is off", () -> LOG.trace("{} {}", 1_000_000, 2_000_000));
    Map<String, Long> bytes = new LinkedHashMap<>();
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    entries.forEach((name, entry) -> {
      for (int i = 0; i < WARM_UPS; i++) {
        run(entry);
        telemetry.flush(Duration.ofSeconds(5));
      }
      long least = Long.MAX_VALUE;
      for (int i = 0; i < ROUNDS || i < MAX_ROUNDS && least > CLEAN; i++) {
        long before = bean.getThreadAllocatedBytes(self);
        run(entry);
        least = Math.min(least, bean.getThreadAllocatedBytes(self) - before);
        telemetry.flush(Duration.ofSeconds(5));
      }
      bytes.put(name, least);
    });
    return bytes;
  }

  private static void run(Runnable entry) {
    for (int i = 0; i < CALLS; i++) {
      entry.run();
    }
  }

  static Telemetry start() {
    return Telemetry.builder()
        .spans(true)
        .chunkBytes(64 << 20)
        .consoleLevels(LevelFilter.OFF)
        .jvmPeriod(Duration.ZERO)
        .shutdownHook(false)
        .start();
  }

  /// Prints one line per entry point: bytes and name.
  public static void main(String[] arguments) {
    try (Telemetry telemetry = start()) {
      measure(telemetry).forEach((name, bytes) -> System.out.println(bytes + " " + name));
    }
  }
}
