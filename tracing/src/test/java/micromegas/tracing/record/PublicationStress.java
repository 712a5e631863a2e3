package micromegas.tracing.record;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.transit.EventRecords;
import micromegas.transit.LittleEndian;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/// What threads that run at the same time, and compilers that move stores and loads, may make of
/// the hand-over of events. Run by [PublicationStressTest].
///
/// A reader must see whole events, each once, in their order: a prefix of what was written. Events
/// that were given up because a thread lost its processor while it had taken a stripe are counted,
/// and count here.
final class PublicationStress {
  private static final int SITE = 0x0badcafe;
  private static final int WRONG = -1;

  /// Spans that fill the first chunk of a thread: 17 bytes each, 32 that are kept for their ends.
  private static final int FILLING = 83;

  private static final Signals NOBODY =
      new Signals() {
        @Override
        public void chunkFull() {}

        @Override
        public void severe() {}
      };

  /// Never runs out of memory; what is not read is garbage with its state.
  private static final Engine ENGINE = new Engine(limits(), NOBODY);

  static {
    Recording.install(ENGINE, true, true);
  }

  private PublicationStress() {}

  private static Limits limits() {
    return new Limits(Long.MAX_VALUE / 4, 1_024, 64 * 1024, 1024, 1 << 20);
  }

  /// A recorder that has spans open, and its stream.
  private static final class Thread1 {
    final ThreadRecorder recorder = new ThreadRecorder(Thread.currentThread());
    final ThreadStream stream;

    Thread1(int spans) {
      synchronized (ENGINE) {
        recorder.begin(SITE);
        stream = ENGINE.pollNewStream(); // there is no other
      }
      for (int i = 1; i < spans; i++) {
        recorder.begin(SITE);
      }
    }

    /// @return number of events, or [#WRONG]
    int read() {
      Spans seen = new Spans();
      stream.read(seen, ENGINE.pool());
      return seen.count;
    }
  }

  /// Looks at begins of spans.
  private static final class Spans implements ThreadStream.Target {
    private int count;
    private long lastTicks = Long.MIN_VALUE;

    @Override
    public boolean take(Chunk chunk, int from, int to) {
      byte[] bytes = chunk.bytes();
      for (int at = from; at < to && count != WRONG; at += EventRecords.SPAN_BYTES) {
        long ticks = LittleEndian.getLong(bytes, at + 9);
        boolean right =
            bytes[at] == EventRecords.BEGIN_SPAN
                && LittleEndian.getLong(bytes, at + 1) == SITE
                && ticks != 0
                && ticks >= lastTicks;
        lastTicks = ticks;
        count = right ? count + 1 : WRONG;
      }
      return true;
    }
  }

  /// Counts the metrics of a chain of chunks.
  private static int metrics(List<Chunk> chains) {
    int count = 0;
    for (Chunk first : chains) {
      long lastTicks = Long.MIN_VALUE;
      for (Chunk chunk = first; chunk != null; chunk = chunk.next()) {
        byte[] bytes = chunk.bytes();
        for (int at = 0; at < chunk.published(); at += EventRecords.METRIC_BYTES) {
          long ticks = LittleEndian.getLong(bytes, at + 17);
          if (bytes[at] != EventRecords.INTEGER_METRIC
              || LittleEndian.getLong(bytes, at + 1) != SITE
              || LittleEndian.getLong(bytes, at + 9) != SITE
              || ticks == 0
              || ticks < lastTicks) {
            return WRONG;
          }
          lastTicks = ticks;
          count++;
        }
      }
    }
    return count;
  }

  private static List<Chunk> listOf(Chunk chain) {
    return chain == null ? List.of() : List.of(chain);
  }

  /// Each event is published by one release store of the position.
  @JCStressTest
  @Outcome(
      id = {"1", "2", "3"},
      expect = Expect.ACCEPTABLE,
      desc = "a prefix")
  @Outcome(expect = Expect.FORBIDDEN, desc = "an event that is not written yet")
  @State
  public static class OwnerAndReader {
    private final Thread1 thread = new Thread1(1);

    @Actor
    public void owner() {
      thread.recorder.begin(SITE);
      thread.recorder.begin(SITE);
    }

    @Actor
    public void reader(I_Result result) {
      result.r1 = thread.read();
    }
  }

  /// The same where the owner takes another chunk, and the reader gives the first one back.
  @JCStressTest
  @Outcome(
      id = {"83", "84", "85"},
      expect = Expect.ACCEPTABLE,
      desc = "a prefix")
  @Outcome(expect = Expect.FORBIDDEN, desc = "an event that is lost or not written yet")
  @State
  public static class OwnerThatRollsOver {
    private final Thread1 thread = new Thread1(FILLING);

    @Actor
    public void owner() {
      thread.recorder.begin(SITE);
      thread.recorder.begin(SITE);
    }

    @Actor
    public void reader(I_Result result) {
      result.r1 = thread.read();
    }
  }

  /// The last event of a chunk is published before its successor is linked: who sees the successor
  /// does not miss the event.
  @JCStressTest
  @Outcome(
      id = {"0", "1", "2"},
      expect = Expect.ACCEPTABLE,
      desc = "a prefix")
  @Outcome(expect = Expect.FORBIDDEN, desc = "an event that is lost or not written yet")
  @State
  public static class LastOfAChunk {
    private final Chunk first = new Chunk(EventRecords.SPAN_BYTES);
    private final Chunk second = new Chunk(EventRecords.SPAN_BYTES);
    private final ThreadStream stream =
        new ThreadStream(Thread.currentThread(), 0, new ThreadRecorder(null), first);

    @Actor
    public void owner() {
      first.publish(Records.span(first.bytes, 0, EventRecords.BEGIN_SPAN, SITE, 1));
      first.link(second);
      second.publish(Records.span(second.bytes, 0, EventRecords.BEGIN_SPAN, SITE, 2));
    }

    @Actor
    public void reader(I_Result result) {
      Spans seen = new Spans();
      int[] next = {1};
      stream.read(
          (chunk, from, to) -> {
            boolean inOrder = LittleEndian.getLong(chunk.bytes(), from + 9) == next[0]++;
            seen.take(chunk, from, to);
            seen.count = inOrder ? seen.count : WRONG;
            return true;
          },
          ENGINE.pool());
      result.r1 = seen.count;
    }
  }

  private static Stripes oneStripe(Losses losses) {
    return new Stripes(
        1, ENGINE.pool(), NOBODY, new AtomicLong(), losses, Loss.METRICS, Integer.MAX_VALUE);
  }

  /// A writer and the reader of a stripe take it in turns.
  @JCStressTest
  @Outcome(
      id = {"0, 2", "1, 1", "2, 0"},
      expect = Expect.ACCEPTABLE,
      desc = "each event once")
  @Outcome(expect = Expect.FORBIDDEN, desc = "an event that is lost, doubled or half written")
  @State
  public static class WriterAndReaderOfAStripe {
    private final Losses losses = new Losses();
    private final Stripes stripes = oneStripe(losses);

    @Actor
    public void writer() {
      stripes.metric(EventRecords.INTEGER_METRIC, SITE, SITE);
      stripes.metric(EventRecords.INTEGER_METRIC, SITE, SITE);
    }

    @Actor
    public void reader(II_Result result) {
      result.r1 = metrics(stripes.detach(1));
    }

    @Arbiter
    public void rest(II_Result result) {
      result.r2 = metrics(stripes.detach(1)) + (int) losses.count(Loss.METRICS);
    }
  }

  /// Two writers of a stripe take it in turns.
  @JCStressTest
  @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "each event once")
  @Outcome(expect = Expect.FORBIDDEN, desc = "an event that is lost or overwritten")
  @State
  public static class WritersOfAStripe {
    private final Losses losses = new Losses();
    private final Stripes stripes = oneStripe(losses);

    @Actor
    public void one() {
      stripes.metric(EventRecords.INTEGER_METRIC, SITE, SITE);
      stripes.metric(EventRecords.INTEGER_METRIC, SITE, SITE);
    }

    @Actor
    public void other() {
      stripes.metric(EventRecords.INTEGER_METRIC, SITE, SITE);
      stripes.metric(EventRecords.INTEGER_METRIC, SITE, SITE);
    }

    @Arbiter
    public void all(I_Result result) {
      result.r1 = metrics(stripes.detach(1)) + (int) losses.count(Loss.METRICS);
    }
  }

  /// A stripe whose taker does not come back is left to it. Then it may come back.
  @JCStressTest
  @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "written before")
  @Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "written after")
  @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "left alone, lost and counted")
  @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "not taken")
  @Outcome(expect = Expect.FORBIDDEN, desc = "an event that is doubled or half written")
  @State
  public static class TakerThatComesBack {
    private final Stripe stripe =
        new Stripe(ENGINE.pool(), NOBODY, new SpanIds(new AtomicLong()), Integer.MAX_VALUE);

    @Actor
    public void taker(III_Result result) {
      if (stripe.tryTake()) {
        result.r1 = 1;
        stripe.metric(EventRecords.INTEGER_METRIC, SITE, SITE, ChunkPool.Claim.EVENTS);
        stripe.release();
      }
    }

    @Actor
    public void reader(III_Result result) {
      if (stripe.tryAbandon()) {
        result.r2 = metrics(listOf(stripe.copyAbandoned()));
      } else {
        result.r2 = metrics(listOf(stripe.detach()));
        stripe.release();
      }
    }

    @Arbiter
    public void rest(III_Result result) {
      if (stripe.tryTake()) {
        result.r3 = metrics(listOf(stripe.detach()));
      }
    }
  }

  /// Counts what a unit of work has left behind.
  private static int logs(List<Chunk> chains) {
    int count = 0;
    for (Chunk first : chains) {
      for (Chunk chunk = first; chunk != null; chunk = chunk.next()) {
        count += chunk.published() / EventRecords.CONSTANT_LOG_BYTES;
      }
    }
    return count;
  }

  /// The verdict on a unit of work comes while its first log is written: with "keep" it is in one
  /// place, with "drop" in none, and no memory stays behind.
  @JCStressTest
  @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "kept once, dropped without a trace")
  @Outcome(expect = Expect.FORBIDDEN, desc = "an event that is lost or doubled, or lost memory")
  @State
  public static class VerdictAndLog {
    private final Engine keeps = new Engine(limits(), NOBODY);
    private final Engine drops = new Engine(limits(), NOBODY);
    private final Work kept = keeps.works().begin(6);
    private final Work dropped = drops.works().begin(6);

    @Actor
    public void writer() {
      keeps.log(SITE, 5, null, null, kept);
      drops.log(SITE, 5, null, null, dropped);
    }

    @Actor
    public void judge() {
      keeps.works().decide(kept, true);
      drops.works().decide(dropped, false);
    }

    @Arbiter
    public void count(II_Result result) {
      List<Chunk> all = chains(keeps);
      result.r1 = logs(all) + (int) lost(keeps);
      long held = all.stream().mapToLong(Chunk::capacity).sum();
      result.r2 = (int) (keeps.pool().inUse() - held);
      result.r2 += chains(drops).size() + (int) drops.pool().inUse();
    }

    private static List<Chunk> chains(Engine engine) {
      engine.works().closeRest();
      List<Chunk> all = new ArrayList<>(engine.logs().detach(1));
      for (Engine.Kept more = engine.pollKept(); more != null; more = engine.pollKept()) {
        all.addAll(more.logs());
      }
      return all;
    }

    private static long lost(Engine engine) {
      return engine.losses().count(Loss.LOGS) + engine.losses().count(Loss.DETAILS);
    }
  }
}
