package micromegas.tracing.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.transit.EventRecords;
import micromegas.transit.LittleEndian;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// What a reader may see of what writers publish: whole events, each once, in their order.
class StripeTest {
  private static final Signals NOBODY =
      new Signals() {
        @Override
        public void chunkFull() {}

        @Override
        public void severe() {}
      };
  private static final int VALUE_AT = 17;

  private final ChunkPool pool = new ChunkPool(64 << 20);

  private Stripe stripe() {
    return new Stripe(pool, NOBODY, new SpanIds(new AtomicLong()), 64 << 20);
  }

  /// Step by step, in one thread: who may take a stripe in each state.
  @Test
  void aStripeHasOneTakerAtATime() {
    Stripe stripe = stripe();
    assertThat(stripe.tryTake()).isTrue();
    assertThat(stripe.tryTake()).isFalse();
    assertThat(stripe.metric(EventRecords.INTEGER_METRIC, 1, 7, ChunkPool.Claim.EVENTS)).isTrue();
    stripe.release();
    assertThat(stripe.tryTake()).isTrue();
    Chunk chain = stripe.detach();
    assertThat(stripe.detach()).isNull();
    stripe.release();
    assertThat(chain).isNotNull();
    assertThat(chain.published()).isEqualTo(EventRecords.METRIC_BYTES);
    // Its taker does not come back: what it published is copied, and nobody takes it again.
    assertThat(stripe.tryTake()).isTrue();
    assertThat(stripe.metric(EventRecords.INTEGER_METRIC, 1, 8, ChunkPool.Claim.EVENTS)).isTrue();
    assertThat(stripe.tryAbandon()).isTrue();
    Chunk copy = stripe.copyAbandoned();
    assertThat(copy).isNotNull();
    assertThat(copy.published()).isEqualTo(EventRecords.METRIC_BYTES);
    assertThat(stripe.metric(EventRecords.INTEGER_METRIC, 1, 9, ChunkPool.Claim.EVENTS)).isTrue();
    assertThat(copy.published()).isEqualTo(EventRecords.METRIC_BYTES);
    stripe.release();
    assertThat(stripe.tryTake()).isFalse();
    // Its taker comes back at the last moment: the one who wanted to abandon it has taken it.
    Stripe other = stripe();
    assertThat(other.tryTake()).isTrue();
    other.release();
    assertThat(other.tryAbandon()).isFalse();
    assertThat(other.tryTake()).isFalse();
    other.release();
    assertThat(other.tryTake()).isTrue();
  }

  /// Step by step: what was published in a chunk before the writer left it is read before the next
  /// one, wherever the reader looks between two steps of the writer.
  @Test
  void aReaderThatLooksBetweenTwoStepsSeesAPrefix() {
    for (int look = 0; look < 6; look++) {
      Chunk first = new Chunk(100);
      Chunk second = new Chunk(100);
      List<Runnable> steps =
          List.of(
              () -> first.bytes[0] = 1,
              () -> first.publish(1),
              () -> second.bytes[0] = 2,
              () -> first.link(second),
              () -> second.publish(1));
      steps.subList(0, look).forEach(Runnable::run);
      List<Byte> seen = new ArrayList<>();
      for (Chunk chunk = first; chunk != null; chunk = chunk.next()) {
        for (int i = 0; i < chunk.published(); i++) {
          seen.add(chunk.bytes()[i]);
        }
      }
      assertThat(seen)
          .isEqualTo(List.of((byte) 1, (byte) 2).subList(0, new int[] {0, 0, 1, 1, 1, 2}[look]));
    }
  }

  /// All at once: a stripe that two could take, or whose release did not publish, loses or mixes
  /// events.
  @RepeatedTest(6)
  void writersAndAReaderShareAStripe() throws InterruptedException {
    int writers = 3;
    int each = 500_000; // all of them fit the pool, should the reader sleep
    Stripe stripe = stripe();
    CountDownLatch begin = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int w = 0; w < writers; w++) {
      long writer = w;
      Thread thread =
          new Thread(() -> {
            try {
              begin.await();
            } catch (InterruptedException e) {
              return;
            }
            for (long i = 0; i < each; i++) {
              take(stripe);
              stripe.metric(EventRecords.INTEGER_METRIC, writer + 1, i, ChunkPool.Claim.EVENTS);
              stripe.release();
            }
          });
      threads.add(thread);
      thread.start();
    }
    long[] next = new long[writers];
    long lastTicks = Long.MIN_VALUE;
    begin.countDown();
    boolean over = false;
    while (!over) {
      over = threads.stream().noneMatch(Thread::isAlive);
      take(stripe);
      Chunk chain = stripe.detach();
      stripe.release();
      for (Chunk chunk = chain; chunk != null; ) {
        for (int at = 0; at < chunk.published(); at += EventRecords.METRIC_BYTES) {
          byte[] bytes = chunk.bytes();
          assertThat(bytes[at]).isEqualTo(EventRecords.INTEGER_METRIC);
          int writer = (int) LittleEndian.getLong(bytes, at + 1) - 1;
          long value = LittleEndian.getLong(bytes, at + 1 + 8);
          long ticks = LittleEndian.getLong(bytes, at + VALUE_AT);
          if (value != next[writer]) {
            assertThat(value).as("of writer %s", writer).isEqualTo(next[writer]);
          }
          next[writer]++;
          assertThat(ticks >= lastTicks).isTrue();
          lastTicks = ticks;
        }
        Chunk successor = chunk.next();
        pool.give(chunk);
        chunk = successor;
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(next).containsOnly(each);
    assertThat(pool.inUse()).isZero();
  }

  private static void take(Stripe stripe) {
    while (!stripe.tryTake()) {
      Thread.yield();
    }
  }
}
