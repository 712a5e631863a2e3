package micromegas.tracing.monitor;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import micromegas.tracing.FloatMetric;
import micromegas.tracing.IntMetric;
import micromegas.tracing.Sites;

/// Processors of the machine, memory of the machine or of the container, if that has a limit, and
/// what the process has of them. The bean reads many files of the container for some of its
/// answers, some 80 KB of objects and a millisecond each, so those are taken from `/proc` where
/// they can be. Used by one thread.
final class MachineSampler implements AutoCloseable {
  private static final byte[] TOTAL = ProcFile.name("MemTotal:");
  private static final byte[] AVAILABLE = ProcFile.name("MemAvailable:");
  private static final byte[] FREE = ProcFile.name("MemFree:");
  private static final byte[] RESIDENT = ProcFile.name("VmRSS:");
  private static final byte[] VIRTUAL = ProcFile.name("VmSize:");

  /// Samples of which one asks for the limit of memory, which may change.
  private static final int TOTAL_EVERY = 60;

  /// Samples of which one asks for the memory of a container.
  private static final int CONTAINER_EVERY = 5;

  private final IntMetric totalMemory;
  private final IntMetric usedMemory;
  private final IntMetric freeMemory;
  private final FloatMetric cpu;
  private final FloatMetric load;
  private final IntMetric processors;
  private final FloatMetric processCpu;
  private final IntMetric processTime;
  private final IntMetric resident;
  private final IntMetric virtual;
  private final IntMetric openFiles;
  private final IntMetric maxFiles;

  private final OperatingSystemMXBean bean = ManagementFactory.getOperatingSystemMXBean();
  private final ProcFile memory = ProcFile.open("/proc/meminfo");
  private final ProcFile process = ProcFile.open("/proc/self/status");
  private final ProcessorLoad machineLoad = new ProcessorLoad();
  private int samples;
  private long total;
  private long lastNanos;
  private long lastProcessTime = -1;

  MachineSampler(Sites sites) {
    totalMemory = sites.intMetric("total_memory", "bytes");
    usedMemory = sites.intMetric("used_memory", "bytes");
    freeMemory = sites.intMetric("free_memory", "bytes");
    cpu = sites.floatMetric("cpu_usage", "percent");
    load = sites.floatMetric("system_load_average", "count");
    processors = sites.intMetric("available_processors", "count");
    processCpu = sites.floatMetric("process_cpu_usage", "percent");
    processTime = sites.intMetric("process_cpu_time", "ns");
    resident = sites.intMetric("process_resident_bytes", "bytes");
    virtual = sites.intMetric("process_virtual_bytes", "bytes");
    openFiles = sites.intMetric("process_open_files", "count");
    maxFiles = sites.intMetric("process_max_files", "count");
  }

  void sample() {
    processors.record(bean.getAvailableProcessors());
    double average = bean.getSystemLoadAverage();
    if (average >= 0) {
      load.record(average);
    }
    if (bean instanceof com.sun.management.OperatingSystemMXBean system) {
      sampleMemory(system);
      sampleProcessors(system);
    }
    if (bean instanceof UnixOperatingSystemMXBean unix) {
      known(openFiles, unix.getOpenFileDescriptorCount());
      known(maxFiles, unix.getMaxFileDescriptorCount());
    }
    process.read();
    known(resident, process.bytes(RESIDENT));
    known(virtual, process.bytes(VIRTUAL));
  }

  /// What caches of the machine could give back is not in use; what those of a container could is
  /// not known.
  private void sampleMemory(com.sun.management.OperatingSystemMXBean system) {
    if (samples % TOTAL_EVERY == 0) {
      long before = total;
      total = system.getTotalMemorySize();
      if (total != before) {
        totalMemory.record(total);
      }
    }
    memory.read();
    long available = memory.bytes(AVAILABLE);
    if (available >= 0 && memory.bytes(TOTAL) == total) {
      usedMemory.record(total - available);
      known(freeMemory, memory.bytes(FREE));
    } else if (samples % CONTAINER_EVERY == 0) {
      long free = system.getFreeMemorySize();
      usedMemory.record(total - free);
      freeMemory.record(free);
    }
    samples++;
  }

  private void sampleProcessors(com.sun.management.OperatingSystemMXBean system) {
    percent(cpu, machineLoad.isKnown() ? machineLoad.next() : system.getCpuLoad());
    long now = System.nanoTime();
    long time = system.getProcessCpuTime();
    known(processTime, time);
    if (lastProcessTime >= 0 && now - lastNanos > 0) {
      double most = (double) (now - lastNanos) * bean.getAvailableProcessors();
      percent(processCpu, Math.min(1, (time - lastProcessTime) / most));
    }
    lastProcessTime = time;
    lastNanos = now;
  }

  private static void known(IntMetric metric, long value) {
    if (value >= 0) {
      metric.record(value);
    }
  }

  /// @param load 0 to 1, or negative when it is not known yet
  private static void percent(FloatMetric metric, double load) {
    if (load >= 0) {
      metric.record(100 * load);
    }
  }

  @Override
  public void close() {
    memory.close();
    machineLoad.close();
    process.close();
  }
}
