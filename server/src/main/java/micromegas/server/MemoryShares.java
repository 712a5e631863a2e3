package micromegas.server;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import micromegas.common.MemoryBudget;
import micromegas.server.config.Configuration;
import micromegas.server.config.Settings;

/// The memory budget of a configuration on this machine.
final class MemoryShares {
  private MemoryShares() {}

  static MemoryBudget of(Configuration configuration) {
    return configuration
        .find(Settings.MEMORY)
        .map(MemoryBudget::new)
        .orElseGet(() -> MemoryBudget.defaultFor(physicalBytes()));
  }

  /// Of the machine, or of the container.
  private static long physicalBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }
}
