package micromegas.tracing.monitor;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.lang.management.PlatformManagedObject;
import java.util.Optional;
import micromegas.tracing.IntMetric;
import micromegas.tracing.Sites;

/// Virtual threads and their carriers, which JVMs from 24 on tell of. Used by one thread.
final class VirtualThreadSampler {
  private static final String BEAN = "jdk.management.VirtualThreadSchedulerMXBean";

  private final IntMetric mounted;
  private final IntMetric queued;
  private final IntMetric carriers;
  private final MethodHandle mountedCount;
  private final MethodHandle queuedCount;
  private final MethodHandle poolSize;

  private VirtualThreadSampler(Sites sites, Class<? extends PlatformManagedObject> type)
      throws ReflectiveOperationException {
    PlatformManagedObject bean = ManagementFactory.getPlatformMXBean(type);
    mounted = sites.intMetric("jvm_virtual_threads_mounted", "count");
    queued = sites.intMetric("jvm_virtual_threads_queued", "count");
    carriers = sites.intMetric("jvm_virtual_thread_carriers", "count");
    mountedCount = getter(type, bean, "getMountedVirtualThreadCount", int.class);
    queuedCount = getter(type, bean, "getQueuedVirtualThreadCount", long.class);
    poolSize = getter(type, bean, "getPoolSize", int.class);
  }

  private static MethodHandle getter(
      Class<?> type, PlatformManagedObject bean, String name, Class<?> result)
      throws ReflectiveOperationException {
    return MethodHandles.publicLookup()
        .findVirtual(type, name, MethodType.methodType(result))
        .bindTo(bean)
        .asType(MethodType.methodType(long.class));
  }

  /// Empty where the JVM does not tell.
  static Optional<VirtualThreadSampler> open(Sites sites) {
    try {
      Class<? extends PlatformManagedObject> type =
          Class.forName(BEAN).asSubclass(PlatformManagedObject.class);
      return Optional.of(new VirtualThreadSampler(sites, type));
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      return Optional.empty();
    }
  }

  void sample() {
    try {
      record(mounted, (long) mountedCount.invokeExact());
      record(queued, (long) queuedCount.invokeExact());
      record(carriers, (long) poolSize.invokeExact());
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /// @param value negative when it is not known
  private static void record(IntMetric metric, long value) {
    if (value >= 0) {
      metric.record(value);
    }
  }
}
