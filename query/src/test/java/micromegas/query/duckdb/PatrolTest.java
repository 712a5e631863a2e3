package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PatrolTest {
  private final BlockingQueue<List<String>> rounds = new LinkedBlockingQueue<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Patrol<String> patrol =
      new Patrol<>("patrol", Duration.ofMillis(1), rounds::add, ended::countDown);

  private void awaitSleep() {
    while (!patrol.isAsleep()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void looksAfterMembersWhileThereAreAnyAndThenSleeps() throws Exception {
    awaitSleep();
    assertThat(patrol.rounds()).isZero();
    for (int i = 1; i <= 50; i++) {
      String member = "member " + i;
      patrol.add(member);
      assertThat(rounds.take()).containsExactly(member);
      assertThat(rounds.take()).containsExactly(member);
      patrol.remove(member);
      awaitSleep();
      rounds.clear();
    }
    patrol.close();
    ended.await();
    assertThat(rounds).isEmpty();
  }

  /// However a member comes and goes, one that stays is seen.
  @Test
  void noMemberIsMissedInTheMomentOfFallingAsleep() throws Exception {
    for (int i = 0; i < 300; i++) {
      patrol.add("short");
      patrol.remove("short");
      patrol.add("stays");
      while (!rounds.take().contains("stays")) {
        Thread.onSpinWait();
      }
      patrol.remove("stays");
      rounds.clear();
    }
    patrol.close();
    ended.await();
  }
}
