package micromegas.tracing.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanSite;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /// A thread that ends inside a unit of work leaves its details to whoever gives the verdict.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAThreadLeavesWaitingIsNotLost(boolean keep) throws InterruptedException {
    assertThat(Recording.install(engine, true, true)).isTrue();
    Thread owner =
        new Thread(() -> {
          SITE.enter().close();
          assertThat(Recording.beginWork(6)).isNotNull();
          for (int i = 0; i < 1_000; i++) { // more than a chunk
            SITE.enter().close();
          }
        });
    owner.start();
    owner.join();
    ThreadStream stream = engine.pollNewStream();
    assertThat(stream).isNotNull();
    stream.adoptWaiting(engine.pool());
    assertThat(read(stream)).isEqualTo(34);
    assertThat(stream.isFinished()).isFalse();
    Work work = stream.pendingWork();
    assertThat(work).isNotNull();
    engine.works().decide(work, keep);
    assertThat(read(stream)).isEqualTo(keep ? 34_000 : 0);
    assertThat(stream.isFinished()).isTrue();
    engine.forget(stream);
    assertThat(engine.pool().inUse()).isZero();
  }

  /// The end of telemetry keeps what waits, for however many verdicts.
  @Test
  void atTheEndAllUnitsOfWorkAreKept() throws InterruptedException {
    assertThat(Recording.install(engine, true, true)).isTrue();
    Thread owner =
        new Thread(() -> {
          for (int i = 0; i < 3; i++) {
            Context unit = new Context(0, 0, Recording.beginDetachedWork(6));
            Attachment attachment = Recording.attach(unit);
            SITE.enter().close();
            attachment.detach();
            SITE.enter().close();
          }
        });
    owner.start();
    owner.join();
    ThreadStream stream = engine.pollNewStream();
    assertThat(stream).isNotNull();
    assertThat(read(stream)).isZero();
    bytes = 0;
    stream.readLast(
        (chunk, from, to) -> {
          bytes += to - from;
          return true;
        },
        engine.pool());
    assertThat(bytes).isEqualTo(6 * 34);
  }

  /// A thousand threads with a span each would be sixty cuts, with a block of each stream.
  @Test
  void shortThreadsMakeNoHurryUntilMemoryRunsLow() throws InterruptedException {
    AtomicInteger full = new AtomicInteger();
    Engine counted =
        new Engine(
            new Limits(400L * ChunkPool.SMALL, 100, 1024, 1024, 1024),
            new Signals() {
              @Override
              public void chunkFull() {
                full.incrementAndGet();
              }

              @Override
              public void severe() {}
            });
    assertThat(Recording.install(counted, true, true)).isTrue();
    try {
      for (int i = 0; i < 200; i++) {
        Thread thread = new Thread(() -> SITE.enter().close());
        thread.start();
        thread.join();
      }
      assertThat(full.get()).isZero();
      Thread thread = new Thread(() -> SITE.enter().close());
      thread.start();
      thread.join();
      assertThat(full.get()).isEqualTo(1);
    } finally {
      Recording.uninstall(counted);
    }
  }

  private static void awaitIdle(Thread owner, AtomicInteger rounds, int round) {
    while (rounds.get() < round || owner.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }
}
