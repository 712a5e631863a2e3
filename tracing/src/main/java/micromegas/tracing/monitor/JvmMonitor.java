package micromegas.tracing.monitor;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.OperatingSystemMXBean;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import micromegas.tracing.FloatMetric;
import micromegas.tracing.IntMetric;
import micromegas.tracing.Sites;
import micromegas.tracing.Verbosity;
import micromegas.tracing.record.SdkThread;

/// Samples the JVM and the machine at a fixed period, on a thread of its own. Memory of the process
/// and of the machine is read from `/proc` and left out elsewhere.
public final class JvmMonitor {
  private static final long KIB = 1024;
  private static final long STOP_MILLIS = 1_000;

  private final Sites sites =
      Sites.of("micromegas.system", "", 0).target("system").verbosity(Verbosity.MIN);
  private final IntMetric totalMemory = sites.intMetric("total_memory", "bytes");
  private final IntMetric usedMemory = sites.intMetric("used_memory", "bytes");
  private final IntMetric freeMemory = sites.intMetric("free_memory", "bytes");
  private final FloatMetric cpu = sites.floatMetric("cpu_usage", "percent");
  private final FloatMetric processCpu = sites.floatMetric("process_cpu_usage", "percent");
  private final IntMetric resident = sites.intMetric("process_resident_bytes", "bytes");
  private final IntMetric virtual = sites.intMetric("process_virtual_bytes", "bytes");
  private final IntMetric openFiles = sites.intMetric("process_open_files", "count");
  private final IntMetric heapUsed = sites.intMetric("jvm_heap_used", "bytes");
  private final IntMetric heapCommitted = sites.intMetric("jvm_heap_committed", "bytes");
  private final IntMetric nonHeapUsed = sites.intMetric("jvm_non_heap_used", "bytes");
  private final IntMetric codeCache = sites.intMetric("jvm_code_cache_used", "bytes");
  private final IntMetric direct = sites.intMetric("jvm_direct_memory", "bytes");
  private final IntMetric collections = sites.intMetric("jvm_gc_count", "count");
  private final IntMetric collectionTime = sites.intMetric("jvm_gc_time", "ms");
  private final IntMetric threads = sites.intMetric("jvm_threads", "count");
  private final IntMetric classes = sites.intMetric("jvm_classes_loaded", "count");

  private final MemoryMXBean memoryBean = ManagementFactory.getMemoryMXBean();
  private final ThreadMXBean threadBean = ManagementFactory.getThreadMXBean();
  private final ClassLoadingMXBean classBean = ManagementFactory.getClassLoadingMXBean();
  private final OperatingSystemMXBean systemBean = ManagementFactory.getOperatingSystemMXBean();
  private final List<GarbageCollectorMXBean> collectorBeans =
      ManagementFactory.getGarbageCollectorMXBeans();
  private final List<MemoryPoolMXBean> poolBeans = ManagementFactory.getMemoryPoolMXBeans();
  private final List<BufferPoolMXBean> bufferBeans =
      ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class);

  private final Duration period;
  private final SdkThread thread = new SdkThread(this::run, "micromegas-monitor");
  private volatile boolean stopped;

  private JvmMonitor(Duration period) {
    this.period = period;
  }

  /// Begins to sample.
  public static JvmMonitor start(Duration period) {
    JvmMonitor monitor = new JvmMonitor(period);
    monitor.thread.start();
    return monitor;
  }

  /// Ends sampling, and waits for a sample that is being taken: its end would be recorded by
  /// telemetry that starts next. Waits no longer than a second.
  public void stop() {
    stopped = true;
    LockSupport.unpark(thread);
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    procField("/proc/meminfo", "MemTotal", totalMemory::record);
    while (!stopped) {
      try {
        sample();
      } catch (RuntimeException e) {
        continue; // a bean that is not there on this JVM
      } finally {
        LockSupport.parkNanos(this, period.toNanos());
      }
    }
  }

  private void sample() {
    heapUsed.record(memoryBean.getHeapMemoryUsage().getUsed());
    heapCommitted.record(memoryBean.getHeapMemoryUsage().getCommitted());
    nonHeapUsed.record(memoryBean.getNonHeapMemoryUsage().getUsed());
    threads.record(threadBean.getThreadCount());
    classes.record(classBean.getLoadedClassCount());
    sampleCollectors();
    samplePools();
    sampleMachine();
    procField("/proc/self/status", "VmRSS", resident::record);
    procField("/proc/self/status", "VmSize", virtual::record);
  }

  private void sampleCollectors() {
    long count = 0;
    long millis = 0;
    for (GarbageCollectorMXBean bean : collectorBeans) {
      count += Math.max(0, bean.getCollectionCount());
      millis += Math.max(0, bean.getCollectionTime());
    }
    collections.record(count);
    collectionTime.record(millis);
  }

  private void samplePools() {
    long code = 0;
    for (MemoryPoolMXBean bean : poolBeans) {
      if (bean.getName().startsWith("Code")) {
        code += bean.getUsage().getUsed();
      }
    }
    codeCache.record(code);
    long bytes = 0;
    for (BufferPoolMXBean bean : bufferBeans) {
      bytes += Math.max(0, bean.getMemoryUsed());
    }
    direct.record(bytes);
  }

  private void sampleMachine() {
    if (systemBean instanceof com.sun.management.OperatingSystemMXBean system) {
      long total = system.getTotalMemorySize();
      long free = system.getFreeMemorySize();
      usedMemory.record(total - free);
      freeMemory.record(free);
      percent(cpu, system.getCpuLoad());
      percent(processCpu, system.getProcessCpuLoad());
    }
    if (systemBean instanceof com.sun.management.UnixOperatingSystemMXBean unix) {
      openFiles.record(unix.getOpenFileDescriptorCount());
    }
  }

  /// @param load 0 to 1, or negative when it is not known yet
  private static void percent(FloatMetric metric, double load) {
    if (load >= 0) {
      metric.record(100 * load);
    }
  }

  private static void procField(String file, String name, LongConsumer bytes) {
    try {
      for (String line : Files.readAllLines(Path.of(file))) {
        if (line.startsWith(name + ":")) {
          bytes.accept(Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB);
          return;
        }
      }
    } catch (IOException | RuntimeException e) {
      return; // not Linux
    }
  }
}
