package micromegas.tracing.monitor;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import micromegas.tracing.IntMetric;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Sites;
import org.jspecify.annotations.Nullable;

/// Memory, collectors, threads, classes and compilers of the JVM. Counts and times grow from its
/// start. Used by one thread.
final class JvmSampler {
  private final IntMetric heapUsed;
  private final IntMetric heapCommitted;
  private final IntMetric heapMax;
  private final IntMetric nonHeapUsed;
  private final IntMetric nonHeapCommitted;
  private final IntMetric poolUsed;
  private final IntMetric poolCommitted;
  private final IntMetric poolAfterCollection;
  private final IntMetric codeCache;
  private final IntMetric direct;
  private final IntMetric mapped;
  private final IntMetric collections;
  private final IntMetric collectionTime;
  private final IntMetric collectorCount;
  private final IntMetric collectorTime;
  private final IntMetric threads;
  private final IntMetric daemonThreads;
  private final IntMetric startedThreads;
  private final IntMetric classes;
  private final IntMetric unloadedClasses;
  private final IntMetric compilationTime;

  private final MemoryMXBean memoryBean = ManagementFactory.getMemoryMXBean();
  private final ThreadMXBean threadBean = ManagementFactory.getThreadMXBean();
  private final ClassLoadingMXBean classBean = ManagementFactory.getClassLoadingMXBean();
  private final @Nullable CompilationMXBean compilationBean =
      ManagementFactory.getCompilationMXBean();
  private final List<BufferPoolMXBean> bufferBeans =
      ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class);
  private final List<Pool> pools = new ArrayList<>();
  private final List<Collector> collectors = new ArrayList<>();

  private record Pool(MemoryPoolMXBean bean, boolean isCode, PropertySet name) {}

  private record Collector(GarbageCollectorMXBean bean, PropertySet name) {}

  JvmSampler(Sites sites) {
    heapUsed = sites.intMetric("jvm_heap_used", "bytes");
    heapCommitted = sites.intMetric("jvm_heap_committed", "bytes");
    heapMax = sites.intMetric("jvm_heap_max", "bytes");
    nonHeapUsed = sites.intMetric("jvm_non_heap_used", "bytes");
    nonHeapCommitted = sites.intMetric("jvm_non_heap_committed", "bytes");
    poolUsed = sites.intMetric("jvm_pool_used", "bytes");
    poolCommitted = sites.intMetric("jvm_pool_committed", "bytes");
    poolAfterCollection = sites.intMetric("jvm_pool_after_gc", "bytes");
    codeCache = sites.intMetric("jvm_code_cache_used", "bytes");
    direct = sites.intMetric("jvm_direct_memory", "bytes");
    mapped = sites.intMetric("jvm_mapped_memory", "bytes");
    collections = sites.intMetric("jvm_gc_count", "count");
    collectionTime = sites.intMetric("jvm_gc_time", "ms");
    collectorCount = sites.intMetric("jvm_collector_count", "count");
    collectorTime = sites.intMetric("jvm_collector_time", "ms");
    threads = sites.intMetric("jvm_threads", "count");
    daemonThreads = sites.intMetric("jvm_threads_daemon", "count");
    startedThreads = sites.intMetric("jvm_threads_started", "count");
    classes = sites.intMetric("jvm_classes_loaded", "count");
    unloadedClasses = sites.intMetric("jvm_classes_unloaded", "count");
    compilationTime = sites.intMetric("jvm_compilation_time", "ms");
    for (MemoryPoolMXBean bean : ManagementFactory.getMemoryPoolMXBeans()) {
      String name = bean.getName();
      pools.add(new Pool(bean, name.startsWith("Code"), PropertySet.of("pool", name)));
    }
    for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
      collectors.add(new Collector(bean, PropertySet.of("collector", bean.getName())));
    }
  }

  void sample() {
    MemoryUsage heap = memoryBean.getHeapMemoryUsage();
    heapUsed.record(heap.getUsed());
    heapCommitted.record(heap.getCommitted());
    if (heap.getMax() >= 0) {
      heapMax.record(heap.getMax());
    }
    MemoryUsage nonHeap = memoryBean.getNonHeapMemoryUsage();
    nonHeapUsed.record(nonHeap.getUsed());
    nonHeapCommitted.record(nonHeap.getCommitted());
    samplePools();
    sampleBuffers();
    sampleCollectors();
    threads.record(threadBean.getThreadCount());
    daemonThreads.record(threadBean.getDaemonThreadCount());
    startedThreads.record(threadBean.getTotalStartedThreadCount());
    classes.record(classBean.getLoadedClassCount());
    unloadedClasses.record(classBean.getUnloadedClassCount());
    if (compilationBean != null && compilationBean.isCompilationTimeMonitoringSupported()) {
      compilationTime.record(compilationBean.getTotalCompilationTime());
    }
  }

  private void samplePools() {
    long code = 0;
    for (Pool pool : pools) {
      @Nullable MemoryUsage usage = pool.bean().getUsage();
      if (usage == null) {
        continue; // the pool is not valid any more
      }
      poolUsed.record(usage.getUsed(), pool.name());
      poolCommitted.record(usage.getCommitted(), pool.name());
      code += pool.isCode() ? usage.getUsed() : 0;
      @Nullable MemoryUsage after = pool.bean().getCollectionUsage();
      if (after != null) {
        poolAfterCollection.record(after.getUsed(), pool.name());
      }
    }
    codeCache.record(code);
  }

  private void sampleBuffers() {
    long directBytes = 0;
    long mappedBytes = 0;
    for (BufferPoolMXBean bean : bufferBeans) {
      long bytes = Math.max(0, bean.getMemoryUsed());
      if (bean.getName().startsWith("mapped")) {
        mappedBytes += bytes;
      } else {
        directBytes += bytes;
      }
    }
    direct.record(directBytes);
    mapped.record(mappedBytes);
  }

  private void sampleCollectors() {
    long count = 0;
    long millis = 0;
    for (Collector collector : collectors) {
      long ownCount = Math.max(0, collector.bean().getCollectionCount());
      long ownMillis = Math.max(0, collector.bean().getCollectionTime());
      collectorCount.record(ownCount, collector.name());
      collectorTime.record(ownMillis, collector.name());
      count += ownCount;
      millis += ownMillis;
    }
    collections.record(count);
    collectionTime.record(millis);
  }
}
