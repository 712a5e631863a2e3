package micromegas.tracing.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanSite;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The hand-over between the owner of a stream and its reader.
class ThreadStreamTest {
  private static final SpanSite SITE = Sites.here().span("work");
  private static final long SECOND = 1_000_000_000L;
  private static final Signals NOBODY =
      new Signals() {
        @Override
        public void chunkFull() {}

        @Override
        public void severe() {}
      };

  private final Engine engine = new Engine(Limits.defaults(1L << 30), NOBODY);
  private int bytes;

  @AfterEach
  void stop() {
    Recording.uninstall(engine);
  }

  private int read(ThreadStream stream) {
    bytes = 0;
    stream.read(
        (chunk, from, to) -> {
          bytes += to - from;
          return true;
        },
        engine.pool());
    return bytes;
  }

  @Test
  void anIdleRecorderGivesItsMemoryBackAndGoesOn() throws InterruptedException {
    assertThat(Recording.install(engine, true, true)).isTrue();
    AtomicInteger rounds = new AtomicInteger();
    AtomicInteger allowed = new AtomicInteger(1);
    Thread owner =
        new Thread(() -> {
          for (int i = 1; i <= 3; i++) {
            while (allowed.get() < i) {
              LockSupport.park();
            }
            SITE.enter().close();
            rounds.set(i);
          }
          while (allowed.get() < 4) {
            LockSupport.park();
          }
        });
    owner.start();
    awaitIdle(owner, rounds, 1);
    ThreadStream stream = engine.pollNewStream();
    assertThat(stream).isNotNull();
    assertThat(read(stream)).isEqualTo(34);
    assertThat(engine.pool().inUse()).isPositive();
    // Not before it was told, not soon after, and not when it noticed.
    stream.reclaim(engine.pool(), 0);
    stream.reclaim(engine.pool(), SECOND / 2);
    assertThat(engine.pool().inUse()).isPositive();
    allowed.set(2);
    LockSupport.unpark(owner);
    awaitIdle(owner, rounds, 2);
    assertThat(read(stream)).isEqualTo(34);
    stream.reclaim(engine.pool(), 2 * SECOND);
    assertThat(engine.pool().inUse()).isPositive();
    // Told, idle for long enough: the memory goes, and the next span takes some again.
    stream.reclaim(engine.pool(), 3 * SECOND);
    stream.reclaim(engine.pool(), 5 * SECOND);
    assertThat(engine.pool().inUse()).isZero();
    allowed.set(3);
    LockSupport.unpark(owner);
    awaitIdle(owner, rounds, 3);
    assertThat(read(stream)).isEqualTo(34);
    assertThat(stream.isFinished()).isFalse();
    allowed.set(4);
    LockSupport.unpark(owner);
    owner.join();
    assertThat(stream.isFinished()).isTrue();
    engine.forget(stream);
    assertThat(engine.pool().inUse()).isZero();
  }

  private static void awaitIdle(Thread owner, AtomicInteger rounds, int round) {
    while (rounds.get() < round || owner.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }
}
