package micromegas.tracing.monitor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import micromegas.tracing.Sites;
import micromegas.tracing.Verbosity;
import micromegas.tracing.record.SdkThread;

/// Samples the JVM and the machine at a fixed period, on a thread of its own. What the JVM or the
/// system does not tell is left out.
public final class JvmMonitor {
  private static final long STOP_MILLIS = 1_000;

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
    Sites sites = Sites.of("micromegas.system", "", 0).target("system").verbosity(Verbosity.MIN);
    try (MachineSampler machine = new MachineSampler(sites)) {
      List<Runnable> samplers = new ArrayList<>();
      samplers.add(new JvmSampler(sites)::sample);
      samplers.add(machine::sample);
      VirtualThreadSampler.open(sites).ifPresent(virtual -> samplers.add(virtual::sample));
      while (!stopped) {
        samplers.forEach(JvmMonitor::sample);
        LockSupport.parkNanos(this, period.toNanos());
      }
    }
  }

  private static void sample(Runnable sampler) {
    try {
      sampler.run();
    } catch (RuntimeException e) {
      return; // a bean that is not there on this JVM, or not now
    }
  }
}
