package micromegas.tracing.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The machine code that reads the counters, on whatever processor the tests run.
class MachineCodeTest {

  /// What one run of the code on an emulated processor says.
  private record Run(int exit, String output) {
    List<Long> readings() {
      return output.lines().map(Long::parseUnsignedLong).toList();
    }
  }

  private static Run emulate(String architecture, byte[] code)
      throws IOException, InterruptedException {
    String python = System.getProperty("micromegas.python", "");
    Assumptions.assumeFalse(python.isEmpty(), "no -Dmicromegas.python");
    Process process =
        new ProcessBuilder(
                python,
                Path.of("src/test/python/machine_code.py").toString(),
                architecture,
                HexFormat.of().formatHex(code))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), output);
  }

  /// On an emulated processor the code returns to its caller, leaves the caller's registers alone
  /// and returns a counter of 64 bits that counts.
  @ParameterizedTest
  @ValueSource(strings = {"x86-64", "aarch64"})
  void readsACounter(String architecture) throws IOException, InterruptedException {
    Run run = emulate(architecture, CounterClock.code(architecture.equals("aarch64")));
    assertThat(run.exit()).as(run.output()).isZero();
    assertThat(run.readings()).hasSize(3).doesNotHaveDuplicates().isSorted();
  }

  /// The same for code that is not right, or the test above would say nothing.
  @ParameterizedTest
  @CsvSource({
    "x86-64, 0f3148c1e2204809d0, no return",
    "x86-64, 5b0f3148c1e2204809d053c3, takes the address of the caller for a register's value",
    "x86-64, 0f3148c1e220bb000000004809d0c3, changes rbx",
    "aarch64, 40e03bd5, no return",
    "aarch64, 60e03bd5c0035fd6, a register that there is not",
    "aarch64, 53e03bd5c0035fd6, into x19",
    "aarch64, 00e03bd5c0035fd6, the frequency instead of the counter"
  })
  void noticesWhatIsWrong(String architecture, String code, String wrong)
      throws IOException, InterruptedException {
    Run run = emulate(architecture, HexFormat.of().parseHex(code));
    boolean counts = run.exit() == 0 && run.readings().stream().distinct().count() == 3;
    assertThat(counts).as(wrong + ": " + run.output()).isFalse();
  }

  /// Arm Architecture Reference Manual for A-profile, C6.2 (MRS, RET) and D24.2 (CNTVCT_EL0).
  /// Emulated counters are all alike, so which one is read must be looked up.
  @Test
  void theCounterOfArmIsTheVirtualOne() {
    ByteBuffer code = ByteBuffer.wrap(CounterClock.code(true)).order(ByteOrder.LITTLE_ENDIAN);
    int op0 = 3;
    int op1 = 3;
    int crn = 14;
    int crm = 0;
    int op2 = 2;
    int x0 = 0;
    int mrs = 0xd5300000 | op0 - 2 << 19 | op1 << 16 | crn << 12 | crm << 8 | op2 << 5 | x0;
    assertThat(code.getInt()).isEqualTo(mrs);
    int linkRegister = 30;
    assertThat(code.getInt()).isEqualTo(0xd65f0000 | linkRegister << 5);
    assertThat(code.hasRemaining()).isFalse();
  }
}
