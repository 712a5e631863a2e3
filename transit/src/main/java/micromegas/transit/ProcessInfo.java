package micromegas.transit;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// One run of an instrumented program, as its client describes it.
///
/// @param tscFrequency clock ticks per second; zero or less when unknown
/// @param startTime wall clock at process start
/// @param startTicks tick counter read at the same instant (absolute)
/// @param properties metadata, keys in no particular order
public record ProcessInfo(
    UUID processId,
    String exe,
    String username,
    String realname,
    String computer,
    String distro,
    String cpuBrand,
    long tscFrequency,
    Instant startTime,
    long startTicks,
    Optional<UUID> parentProcessId,
    Map<String, String> properties) {
  public ProcessInfo {
    properties = Map.copyOf(properties);
  }
}
