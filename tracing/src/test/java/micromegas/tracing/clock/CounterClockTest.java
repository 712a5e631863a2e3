package micromegas.tracing.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// The counter of the processor as a clock, and its calibration.
class CounterClockTest {

  @Test
  void isRefusedWhereItCannotBeTrusted() {
    assertThat(CounterClock.refusal(25, "Linux", "amd64", "tsc")).isEmpty();
    assertThat(CounterClock.refusal(22, "Linux", "aarch64", "arch_sys_counter")).isEmpty();
    assertThat(CounterClock.refusal(21, "Linux", "amd64", "tsc")).contains("needs JDK 22");
    assertThat(CounterClock.refusal(25, "Mac OS X", "aarch64", "")).contains("Mac OS X");
    assertThat(CounterClock.refusal(25, "Linux", "riscv64", "x")).contains("riscv64");
    assertThat(CounterClock.refusal(25, "Linux", "amd64", "hpet")).contains("\"hpet\"");
    assertThat(CounterClock.refusal(25, "Linux", "amd64", "")).contains("does not trust");
  }

  @Test
  void theRateIsMeasuredAndComparedAgain() {
    AtomicLong nanos = new AtomicLong(-5_000);
    long start = nanos.get();
    // Each reading takes 10 ns; the counter makes 2.5 steps in a nanosecond.
    Calibration calibration =
        Calibration.measure(
            () -> Math.round((nanos.get() - start) * 2.5),
            () -> nanos.addAndGet(10),
            nanos::addAndGet,
            2_000_000);
    assertThat(calibration.frequency()).isBetween(2_499_000_000L, 2_501_000_000L);
    nanos.addAndGet(1_000_000);
    assertThat(
            calibration.errorNanos(
                () -> Math.round((nanos.get() - start) * 2.5), () -> nanos.addAndGet(10)))
        .isBetween(-500L, 500L);
    // A counter that jumps, as after the move of a virtual machine.
    assertThat(
            calibration.errorNanos(
                () -> Math.round((nanos.get() - start) * 2.5) + 2_500_000_000L,
                () -> nanos.addAndGet(10)))
        .isBetween(999_000_000L, 1_001_000_000L);
    assertThatThrownBy(
            () -> Calibration.measure(() -> 7, () -> nanos.addAndGet(10), nanos::addAndGet, 1_000))
        .hasMessageContaining("0 steps per second");
  }

  @Test
  void timesFollowTheFrequency() {
    ProcessClock clock = new ProcessClock(1_000, Instant.ofEpochSecond(100), 2_500_000_000L);
    assertThat(clock.time(1_000 + 2_500_000_000L)).isEqualTo(Instant.ofEpochSecond(101));
    assertThat(clock.epochNanos(1_000 - 2_500_000_000L)).isEqualTo(99_000_000_000L);
    // The wall clock jumps; times of ticks do not, and the difference is told.
    ProcessClock now = ProcessClock.start(Clock.systemUTC());
    Clock jumped = Clock.fixed(now.time(TickClock.now()).plusSeconds(3_600), ZoneOffset.UTC);
    assertThat(now.offsetNanos(jumped)).isPositive();
    assertThat(now.offsetNanos(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))).isNegative();
  }

  /// Runs [#main] with the counter; here it is refused or works, and says which.
  @Test
  void countsOrSaysWhyNot() throws IOException, InterruptedException {
    List<String> lines = run("counter");
    String refusal = CounterClock.refusal();
    if (refusal.isEmpty()) {
      assertThat(lines).containsExactly("counter", "steady");
    } else {
      assertThat(lines).containsExactly("nanotime", refusal);
    }
  }

  @Test
  void anUnknownClockFailsTheStart() throws IOException, InterruptedException {
    assertThat(run("sundial"))
        .containsExactly(
            "the system property micromegas.telemetry.clock must be nanotime or counter: sundial");
  }

  private static List<String> run(String clock) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Dmicromegas.telemetry.clock=" + clock,
            "-cp",
            System.getProperty("java.class.path"),
            CounterClockTest.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.lines().toList();
  }

  /// Prints the name of the clock, and whether it is steady or why it is not used.
  public static void main(String[] arguments) {
    try {
      TickClock.wanted();
    } catch (IllegalArgumentException e) {
      System.out.println(e.getMessage());
      return;
    }
    System.out.println(TickClock.name());
    System.out.println(TickClock.refusal().orElseGet(CounterClockTest::steadiness));
  }

  private static String steadiness() {
    List<Long> readings = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      readings.add(TickClock.now());
    }
    OptionalLong error = TickClock.errorNanos();
    boolean grows = readings.get(99_999) - readings.get(0) > 0;
    // 0.1 % of the time since the start, far more than a counter drifts.
    boolean right = Math.abs(error.orElseThrow()) < 10_000_000;
    return grows && right && TickClock.frequency() > 1_000_000 ? "steady" : "error " + error;
  }
}
