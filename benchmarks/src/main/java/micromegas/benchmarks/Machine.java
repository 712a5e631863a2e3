package micromegas.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import micromegas.transit.Lz4FrameWriter;

/// What the numbers were measured on, and how fast that is right now.
public final class Machine {
  private static final int YARDSTICK_LONGS = 5_000_000;
  private static final int YARDSTICK_BYTES = 50_000_000;
  private static final double MIB = 1024.0 * 1024.0;

  private Machine() {}

  /// Prints cores, memory, JDK, load and the yardstick: the time to sort five million random 64-bit
  /// integers and compress 50 MB with LZ4, both in Java on one thread. The reference's figure for a
  /// comparable task was taken in Python, so only values of this line compare with each other.
  public static void describe() {
    Runtime runtime = Runtime.getRuntime();
    System.out.printf(
        Locale.ROOT,
        "%d cores, heap at most %.0f MiB, %s %s, load %s%n",
        runtime.availableProcessors(),
        runtime.maxMemory() / MIB,
        System.getProperty("java.vm.name"),
        Runtime.version(),
        firstWord(Path.of("/proc/loadavg")));
    System.out.printf(
        Locale.ROOT, "yardstick (Java: sort 5 M longs, LZ4 50 MB): %.3f s%n", yardstick());
  }

  /// Prints the largest resident set of this process so far and the heap in use.
  static void describeMemory(String when) {
    Runtime runtime = Runtime.getRuntime();
    System.out.printf(
        Locale.ROOT,
        "%s: peak resident %.0f MB, heap in use %.0f MB, heap reserved %.0f MB%n",
        when,
        peakResidentBytes() / 1e6,
        (runtime.totalMemory() - runtime.freeMemory()) / 1e6,
        runtime.totalMemory() / 1e6);
  }

  /// Best of three, in seconds.
  private static double yardstick() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] text = new byte[YARDSTICK_BYTES];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ('a' + random.nextInt(1 + i % 40));
    }
    Lz4FrameWriter compressor = new Lz4FrameWriter();
    long best = Long.MAX_VALUE;
    for (int run = 0; run < 3; run++) {
      long[] numbers = random.longs(YARDSTICK_LONGS).toArray();
      long start = System.nanoTime();
      Arrays.sort(numbers);
      int compressed = compressor.compress(text, text.length).length;
      best = Math.min(best, System.nanoTime() - start);
      if (compressed == 0 || numbers[0] > numbers[1]) {
        throw new CheckFailedException("check failed: the yardstick did no work");
      }
    }
    return best / 1e9;
  }

  /// Processor time of this process so far, on all cores, in nanoseconds.
  static long processorNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /// `VmHWM` of Linux; 0 elsewhere.
  static long peakResidentBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }

  private static String firstWord(Path file) {
    try {
      return Files.readString(file).split(" ")[0];
    } catch (IOException e) {
      return "unknown";
    }
  }
}
