package micromegas.tracing.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Sites;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedMetric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The metrics of JVM and machine.
class JvmMonitorTest {
  private static final int SAMPLES = 200;

  /// Of one sample: the beans' own objects.
  private static final long MAX_BYTES = 32 * 1024;

  private static final List<String> BYTES =
      List.of(
          "jvm_heap_used",
          "jvm_heap_committed",
          "jvm_heap_max",
          "jvm_non_heap_used",
          "jvm_non_heap_committed",
          "jvm_code_cache_used",
          "jvm_direct_memory",
          "jvm_mapped_memory",
          "total_memory",
          "used_memory",
          "free_memory");
  private static final List<String> COUNTS =
      List.of(
          "jvm_gc_count",
          "jvm_threads",
          "jvm_threads_daemon",
          "jvm_threads_started",
          "jvm_classes_loaded",
          "jvm_classes_unloaded",
          "available_processors");

  @TempDir Path folder;

  private final MemorySink sink = new MemorySink();

  private interface Action {
    void run() throws Exception;
  }

  private void record(Duration period, Action action) throws Exception {
    try (Telemetry telemetry =
        Telemetry.builder()
            .sink(sink)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(period)
            .shutdownHook(false)
            .start()) {
      action.run();
    }
  }

  /// The last sample of each metric without properties.
  private Map<String, RecordedMetric> last() {
    return sink.metrics().stream()
        .filter(metric -> metric.properties().isEmpty())
        .collect(Collectors.toMap(RecordedMetric::name, metric -> metric, (a, b) -> b));
  }

  @Test
  void whatUsersOfJvmsExpectIsThere() throws Exception {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    record(
        Duration.ofSeconds(1),
        () -> {
          while (!last().keySet().containsAll(BYTES) || !last().keySet().containsAll(COUNTS)) {
            Telemetry.running().orElseThrow().flush(Duration.ofSeconds(60));
            Thread.onSpinWait();
          }
        });
    Map<String, RecordedMetric> last = last();
    assertThat(BYTES).allMatch(name -> last.get(name).unit().equals("bytes"));
    assertThat(COUNTS).allMatch(name -> last.get(name).unit().equals("count"));
    assertThat(List.of("jvm_gc_time", "jvm_compilation_time"))
        .allMatch(name -> last.get(name).unit().equals("ms"));
    assertThat(last.get("jvm_heap_max").value())
        .isEqualTo((double) Runtime.getRuntime().maxMemory());
    assertThat(last.get("jvm_heap_used").value())
        .isLessThanOrEqualTo(last.get("jvm_heap_committed").value());
    assertThat(last.get("jvm_direct_memory").value()).isGreaterThanOrEqualTo(buffer.capacity());
    assertThat(last.get("used_memory").value()).isBetween(1.0, last.get("total_memory").value());
  }

  @Test
  void poolsAndCollectorsHaveNames() throws Exception {
    System.gc();
    record(Duration.ZERO, () -> new JvmSampler(Sites.of("micromegas.system", "", 0)).sample());
    assertThat(values("jvm_pool_used", "pool"))
        .containsAll(
            ManagementFactory.getMemoryPoolMXBeans().stream().map(pool -> pool.getName()).toList());
    List<String> collectors =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .map(bean -> bean.getName())
            .toList();
    assertThat(values("jvm_collector_count", "collector")).containsAll(collectors);
    assertThat(values("jvm_collector_time", "collector")).containsAll(collectors);
    assertThat(values("jvm_pool_after_gc", "pool")).isNotEmpty();
    double parts =
        sink.metrics().stream()
            .filter(metric -> metric.name().equals("jvm_collector_count"))
            .mapToDouble(RecordedMetric::value)
            .sum();
    assertThat(last().get("jvm_gc_count").value()).isEqualTo(parts).isPositive();
  }

  private List<String> values(String metric, String key) {
    return sink.metrics().stream()
        .filter(each -> each.name().equals(metric))
        .map(each -> each.properties().get(key))
        .toList();
  }

  @Test
  void virtualThreadsAreCountedWhereTheJvmTells() throws Exception {
    record(
        Duration.ZERO,
        () ->
            VirtualThreadSampler.open(Sites.of("micromegas.system", "", 0))
                .ifPresent(VirtualThreadSampler::sample));
    if (Runtime.version().feature() >= 24) {
      assertThat(last()).containsKey("jvm_virtual_thread_carriers");
      assertThat(last().get("jvm_virtual_threads_mounted").value()).isZero();
    } else {
      assertThat(last()).doesNotContainKey("jvm_virtual_thread_carriers");
    }
  }

  @Test
  void filesOfProcAreReadInPlace() throws Exception {
    Path file = folder.resolve("status");
    Files.writeString(
        file, "VmPeak:\t  9 kB\nVmSize:\t 5123 kB\nVmRSS:\t 17 kB\n", StandardCharsets.US_ASCII);
    try (ProcFile proc = ProcFile.open(file.toString())) {
      proc.read();
      assertThat(proc.bytes(ProcFile.name("VmSize:"))).isEqualTo(5123 * 1024);
      assertThat(proc.bytes(ProcFile.name("VmPeak:"))).isEqualTo(9 * 1024);
      assertThat(proc.bytes(ProcFile.name("Vm:"))).isEqualTo(-1);
      Files.writeString(file, "VmSize: none\nVmRSS: 18 kB", StandardCharsets.US_ASCII);
      proc.read();
      assertThat(proc.bytes(ProcFile.name("VmRSS:"))).isEqualTo(18 * 1024);
      assertThat(proc.bytes(ProcFile.name("VmSize:"))).isEqualTo(-1);
      assertThat(proc.bytes(ProcFile.name("VmPeak:"))).isEqualTo(-1);
    }
    try (ProcFile none = ProcFile.open(folder.resolve("none").toString())) {
      none.read();
      assertThat(none.bytes(ProcFile.name("VmRSS:"))).isEqualTo(-1);
    }
  }

  @Test
  void processorsAreBusyWhenTheyDoNotIdle() throws Exception {
    Path file = folder.resolve("stat");
    Files.writeString(file, "cpu  100 0 50 800 50 0 0 0 9 9\ncpu0 1 2 3\n");
    try (ProcessorLoad load = new ProcessorLoad(ProcFile.open(file.toString()))) {
      assertThat(load.isKnown()).isTrue();
      assertThat(load.next()).isNegative();
      Files.writeString(file, "cpu  120 5 55 850 60 5 5 0 99 99\ncpu0 1 2 3\n");
      assertThat(load.next()).isEqualTo(0.4);
    }
    try (ProcessorLoad none = new ProcessorLoad(ProcFile.open(folder.resolve("none").toString()))) {
      assertThat(none.isKnown()).isFalse();
    }
  }

  @Test
  void aSampleMakesFewObjects() throws Exception {
    Sites sites = Sites.of("micromegas.system", "", 0);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    record(
        Duration.ZERO,
        () -> {
          JvmSampler jvm = new JvmSampler(sites);
          try (MachineSampler machine = new MachineSampler(sites)) {
            sample(jvm, machine);
            long before = threads.getCurrentThreadAllocatedBytes();
            sample(jvm, machine);
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(bytes / SAMPLES).isLessThan(MAX_BYTES);
          }
        });
  }

  private static void sample(JvmSampler jvm, MachineSampler machine) {
    for (int i = 0; i < SAMPLES; i++) {
      jvm.sample();
      machine.sample();
    }
  }
}
