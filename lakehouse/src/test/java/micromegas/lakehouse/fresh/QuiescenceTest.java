package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import micromegas.lakehouse.source.InsertWindows;
import org.junit.jupiter.api.Test;

class QuiescenceTest {
  private static final Instant START = Instant.parse("2026-05-06T12:00:00Z");
  private final Quiescence quiescence = new Quiescence();

  private Instant observe(long second, long oldestRunning, long next) {
    return quiescence.observe(
        new InsertWindows.State(Optional.empty(), START.plusSeconds(second), oldestRunning, next));
  }

  @Test
  void withNobodyWritingItIsTheTimeOfTheReading() {
    assertThat(observe(1, 7, 7)).isEqualTo(START.plusSeconds(1));
    assertThat(observe(2, 7, 7)).isEqualTo(START.plusSeconds(2));
    assertThat(observe(3, 9, 9)).isEqualTo(START.plusSeconds(3));
  }

  @Test
  void anOpenTransactionHoldsItAtTheLastReadingBefore() {
    assertThat(observe(1, 7, 7)).isEqualTo(START.plusSeconds(1));
    assertThat(observe(2, 7, 8)).isEqualTo(START.plusSeconds(1));
    assertThat(observe(3, 7, 20)).isEqualTo(START.plusSeconds(1));
    assertThat(observe(4, 10, 20)).as("7 has ended, 10 runs").isEqualTo(START.plusSeconds(2));
    assertThat(observe(5, 20, 21)).isEqualTo(START.plusSeconds(4));
  }

  @Test
  void nothingIsKnownWhileSomebodyWrites() {
    assertThat(observe(1, 6, 7)).isEqualTo(Instant.MIN);
    assertThat(observe(2, 6, 8)).isEqualTo(Instant.MIN);
    assertThat(observe(3, 8, 8)).isEqualTo(START.plusSeconds(3));
  }

  @Test
  void aTransactionThatStaysOpenForManyReadingsCostsLittle() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(observe(i, 1, 2 + i)).isEqualTo(Instant.MIN);
    }
    assertThat(observe(10_001, 10_002, 10_002)).isEqualTo(START.plusSeconds(10_001));
  }

  @Test
  void aClockThatGoesBackTakesNothingBack() {
    assertThat(observe(100, 7, 7)).isEqualTo(START.plusSeconds(100));
    assertThat(observe(50, 9, 9)).isEqualTo(START.plusSeconds(100));
    assertThat(observe(101, 11, 11)).isEqualTo(START.plusSeconds(101));
  }
}
