package micromegas.tracing;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.UUID;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.jspecify.annotations.Nullable;

/// The management bean of a sampler that keeps blocks on demand, from its registration until
/// [#close]. A JVM that does not let it be registered goes on without it.
final class SamplerControl implements SamplerControlMXBean, AutoCloseable {
  private final Telemetry telemetry;
  private final ObjectName name;

  private SamplerControl(Telemetry telemetry, ObjectName name) {
    this.telemetry = telemetry;
    this.name = name;
  }

  /// Registers a bean; null when that cannot be done.
  static @Nullable SamplerControl register(Telemetry telemetry) {
    UUID process = telemetry.process().processId();
    try {
      ObjectName name = new ObjectName("micromegas:type=Sampler,process=" + process);
      SamplerControl control = new SamplerControl(telemetry, name);
      server().registerMBean(new StandardMBean(control, SamplerControlMXBean.class, true), name);
      return control;
    } catch (JMException | RuntimeException e) {
      return null;
    }
  }

  private static MBeanServer server() {
    return ManagementFactory.getPlatformMBeanServer();
  }

  @Override
  public boolean keepLast(long seconds) {
    return telemetry.keepLast(Duration.ofSeconds(seconds));
  }

  @Override
  public boolean keepFor(long seconds) {
    return telemetry.keepFor(Duration.ofSeconds(seconds));
  }

  @Override
  public void close() {
    try {
      server().unregisterMBean(name);
    } catch (JMException | RuntimeException e) {
      return; // somebody else did
    }
  }
}
