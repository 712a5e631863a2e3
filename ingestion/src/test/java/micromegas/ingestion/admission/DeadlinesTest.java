package micromegas.ingestion.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  @Test
  void whatDoesNotEndRingsOnceAndWhatEndedNever() throws Exception {
    AtomicInteger ended = new AtomicInteger();
    AtomicInteger rung = new AtomicInteger();
    try (Deadlines deadlines = new Deadlines("test-deadlines", Duration.ofMillis(20))) {
      Deadlines.Watch inTime = deadlines.watch(ended::incrementAndGet);
      boolean first = inTime.end();
      Deadlines.Watch late = deadlines.watch(rung::incrementAndGet);
      // Begun later, so when it rings, the others have been looked at past their deadlines.
      for (int round = 0; round < 2; round++) {
        CountDownLatch alarm = new CountDownLatch(1);
        deadlines.watch(alarm::countDown);
        assertThat(alarm.await(20, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(late.end()).isFalse();
      assertThat(rung).hasValue(1);
      // It rang only if the machine did not let this thread end it in time.
      assertThat(ended).hasValue(first ? 0 : 1);
      assertThat(inTime.end()).isFalse();
    }
  }

  @Test
  void anAlarmInterruptsAThreadThatWaits() throws Exception {
    try (Deadlines deadlines = new Deadlines("test-deadlines", Duration.ofMillis(20))) {
      CountDownLatch interrupted = new CountDownLatch(1);
      Thread waiting =
          Thread.ofVirtual()
              .start(() -> {
                Deadlines.Watch watch = deadlines.watch(Thread.currentThread()::interrupt);
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  assertThat(watch.end()).isFalse();
                  interrupted.countDown();
                }
              });
      assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
      waiting.join();
    }
  }
}
