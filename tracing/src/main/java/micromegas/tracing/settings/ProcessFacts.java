package micromegas.tracing.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import micromegas.tracing.clock.ProcessClock;
import micromegas.tracing.clock.TickClock;
import micromegas.tracing.uplink.Texts;
import micromegas.transit.ProcessInfo;

/// What a process says about itself: what the operating system and the JVM know, and properties.
public final class ProcessFacts {
  private static final String RESERVED = "micromegas.";

  private ProcessFacts() {}

  /// The record of this process.
  ///
  /// @param given properties that the program and the environment ask for; they win
  public static ProcessInfo describe(
      UUID id, Optional<UUID> parent, ProcessClock clock, Map<String, String> given) {
    String exe = executable();
    String user = Texts.storable(System.getProperty("user.name", ""));
    String computer =
        Texts.storable(firstLine("/proc/sys/kernel/hostname").orElseGet(ProcessFacts::host));
    String distro = Texts.storable(distribution());
    String cpu = Texts.storable(field("/proc/cpuinfo", "model name", ':').orElse(""));
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("exe", exe);
    properties.put("username", user);
    properties.put("realname", user);
    properties.put("computer", computer);
    properties.put("distro", distro);
    properties.put("cpu_brand", cpu);
    properties.put(
        "logical_cpu_count", Integer.toString(Runtime.getRuntime().availableProcessors()));
    field("/proc/meminfo", "MemTotal", ':')
        .map(value -> value.replaceAll("[^0-9]", ""))
        .filter(digits -> !digits.isEmpty() && digits.length() < 16)
        .ifPresent(
            kib -> properties.put("total_memory", Long.toString(Long.parseLong(kib) * 1024)));
    properties.put("pid", Long.toString(ProcessHandle.current().pid()));
    properties.put("clock", TickClock.name());
    properties.put("java.version", System.getProperty("java.version", ""));
    properties.put("java.vm.name", System.getProperty("java.vm.name", ""));
    properties.put("java.vm.vendor", System.getProperty("java.vm.vendor", ""));
    given.forEach((key, value) -> properties.put(clean(key), clean(value)));
    return new ProcessInfo(
        id,
        exe,
        user,
        user,
        computer,
        distro,
        cpu,
        clock.frequency(),
        clock.startTime(),
        clock.startTicks(),
        parent,
        properties);
  }

  /// Reads `key=value,key=value`: entries and halves are trimmed, blank entries skipped, the first
  /// of equal keys wins.
  ///
  /// @throws IllegalArgumentException for an entry without `=`, an empty key, or a key that begins
  ///   with `micromegas.`, which belongs to servers
  public static Map<String, String> parseProperties(String text) {
    Map<String, String> properties = new LinkedHashMap<>();
    for (String entry : text.split(",", -1)) {
      if (entry.isBlank()) {
        continue;
      }
      int equals = entry.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("no = in \"" + entry.trim() + "\"");
      }
      String key = entry.substring(0, equals).trim();
      checkKey(key);
      properties.putIfAbsent(key, entry.substring(equals + 1).trim());
    }
    return properties;
  }

  /// @throws IllegalArgumentException for a key that is empty or belongs to servers
  public static void checkKey(String key) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("a property without a key");
    }
    if (key.startsWith(RESERVED)) {
      throw new IllegalArgumentException(
          "keys that begin with " + RESERVED + " belong to servers: " + key);
    }
  }

  private static String clean(String text) {
    return text.replace("\0", "");
  }

  /// Main class or jar.
  private static String executable() {
    String command = System.getProperty("sun.java.command", "");
    int blank = command.indexOf(' ');
    String main = blank < 0 ? command : command.substring(0, blank);
    if (main.isEmpty()) {
      main = ProcessHandle.current().info().command().orElse("java");
    }
    return Texts.storable(main);
  }

  private static String host() {
    String name = System.getenv("HOSTNAME");
    name = name == null ? System.getenv("COMPUTERNAME") : name;
    return name == null ? "" : name;
  }

  private static String distribution() {
    return field("/etc/os-release", "PRETTY_NAME", '=')
        .map(value -> value.replace("\"", ""))
        .orElseGet(
            () -> System.getProperty("os.name", "") + " " + System.getProperty("os.version", ""));
  }

  private static Optional<String> firstLine(String file) {
    try {
      return Files.readAllLines(Path.of(file)).stream().findFirst().map(String::trim);
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> field(String file, String name, char separator) {
    try {
      for (String line : Files.readAllLines(Path.of(file))) {
        int at = line.indexOf(separator);
        if (at > 0 && line.substring(0, at).trim().equals(name)) {
          return Optional.of(line.substring(at + 1).trim());
        }
      }
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }
}
