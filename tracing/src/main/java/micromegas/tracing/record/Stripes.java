package micromegas.tracing.record;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import micromegas.transit.EventRecords;
import org.jspecify.annotations.Nullable;

/// A buffer for what many threads write: a few stripes, of which a writer takes any that is free.
/// Memory depends on the machine, not on the number of threads. Nobody waits: a writer that finds
/// no stripe after many tries loses its event. Thread-safe.
///
/// Writing methods return false for a closed buffer. Events that are lost otherwise are counted
/// here, and the methods return true.
public final class Stripes {
  private static final int MIN_STRIPES = 4;
  private static final int MAX_STRIPES = 16;

  /// Rounds over all stripes before an event is given up. A stripe is taken for about 50 ns; only a
  /// thread that loses its processor at that moment holds one for longer.
  private static final int ROUNDS = 256;

  /// Reads in a row that found a stripe taken, after which its taker is thought to be gone.
  private static final int GIVEN_UP = 3;

  static final int SPINS = 64;
  private static final long PAUSE_NANOS = 50_000;

  private final ChunkPool pool;
  private final Signals signals;
  private final AtomicLong spanIds;
  private final Losses losses;
  private final Loss loss;
  private final int maxBytes;
  private final Stripe[] stripes;
  private final int[] failures; // reader only
  private final int mask;

  /// @param count a power of two
  /// @param spanIds the counter of the process
  /// @param loss how lost events are counted
  /// @param maxBytes chunks per stripe
  Stripes(
      int count,
      ChunkPool pool,
      Signals signals,
      AtomicLong spanIds,
      Losses losses,
      Loss loss,
      int maxBytes) {
    this.pool = pool;
    this.signals = signals;
    this.spanIds = spanIds;
    this.losses = losses;
    this.loss = loss;
    this.maxBytes = maxBytes;
    this.failures = new int[count];
    this.stripes = new Stripe[count];
    for (int i = 0; i < count; i++) {
      stripes[i] = newStripe();
    }
    this.mask = count - 1;
  }

  /// A power of two that suits the number of processors.
  static int suitableCount(int processors) {
    int count = MIN_STRIPES;
    while (count < processors && count < MAX_STRIPES) {
      count *= 2;
    }
    return count;
  }

  boolean metric(byte type, long descriptor, long bits) {
    Stripe stripe = take();
    if (stripe == null) {
      return lost();
    }
    try {
      return stripe.metric(type, descriptor, bits, ChunkPool.Claim.EVENTS) || failed(stripe);
    } finally {
      stripe.release();
    }
  }

  boolean taggedMetric(byte type, long descriptor, Reference properties, long bits) {
    Stripe stripe = take();
    if (stripe == null) {
      return lost();
    }
    try {
      return stripe.taggedMetric(type, descriptor, properties, bits, ChunkPool.Claim.EVENTS)
          || failed(stripe);
    } finally {
      stripe.release();
    }
  }

  /// A metric of the library about itself, which is not counted when it is refused.
  ///
  /// @param isFloat whether `bits` are those of a double
  /// @return whether it was written
  boolean report(boolean isFloat, long descriptor, @Nullable Reference properties, long bits) {
    Stripe stripe = take();
    if (stripe == null) {
      return false;
    }
    try {
      ChunkPool.Claim claim = ChunkPool.Claim.REPORTS;
      if (properties == null) {
        byte type = isFloat ? EventRecords.FLOAT_METRIC : EventRecords.INTEGER_METRIC;
        return stripe.metric(type, descriptor, bits, claim);
      }
      byte type = isFloat ? EventRecords.TAGGED_FLOAT_METRIC : EventRecords.TAGGED_INTEGER_METRIC;
      return stripe.taggedMetric(type, descriptor, properties, bits, claim);
    } finally {
      stripe.release();
    }
  }

  boolean constantLog(long descriptor, ChunkPool.Claim claim) {
    Stripe stripe = take();
    if (stripe == null) {
      return lost();
    }
    try {
      return stripe.constantLog(descriptor, claim) || failed(stripe);
    } finally {
      stripe.release();
    }
  }

  /// @param textBytes of the text in UTF-8
  boolean log(
      long descriptor,
      @Nullable Reference properties,
      String text,
      int textBytes,
      ChunkPool.Claim claim) {
    Stripe stripe = take();
    if (stripe == null) {
      return lost();
    }
    try {
      return stripe.log(descriptor, properties, text, textBytes, claim) || failed(stripe);
    } finally {
      stripe.release();
    }
  }

  /// @param id of the span, or 0 for a new one
  /// @return the id; [Stripe#LOST] when the event was lost, which was counted; [Stripe#CLOSED]
  long asyncSpan(byte type, long site, @Nullable Reference name, long id, long parent, int depth) {
    Stripe stripe = take();
    if (stripe == null) {
      lost();
      return Stripe.LOST;
    }
    try {
      long result = stripe.asyncSpan(type, site, name, id, parent, depth);
      if (result == Stripe.LOST) {
        lost();
      }
      return result;
    } finally {
      stripe.release();
    }
  }

  /// The begin of an async span with a name, at ticks that have passed.
  boolean earlierAsyncSpan(long site, Reference name, long id, long parent, int depth, long ticks) {
    Stripe stripe = take();
    if (stripe == null) {
      return lost();
    }
    try {
      return stripe.earlierAsyncSpan(site, name, id, parent, depth, ticks) || failed(stripe);
    } finally {
      stripe.release();
    }
  }

  boolean image(byte[] name, byte[] format, ByteBuffer content) {
    Stripe stripe = take();
    if (stripe == null) {
      return lost();
    }
    try {
      return stripe.image(name, format, content) || failed(stripe);
    } finally {
      stripe.release();
    }
  }

  /// Reader: takes away what was written, one chain of chunks per stripe. Every event that got its
  /// ticks before this call began is in a chain, unless `patience` ran out while a stripe was
  /// taken: that one keeps its events until the next call.
  ///
  /// @param patience tries per stripe, with short pauses after the first
  public List<Chunk> detach(int patience) {
    List<Chunk> chains = new ArrayList<>(stripes.length);
    for (int i = 0; i < stripes.length; i++) {
      Chunk chain = detach(i, patience);
      if (chain != null) {
        chains.add(chain);
      }
    }
    return chains;
  }

  /// Takes away what was written and refuses everything from now on.
  ///
  /// @param patience tries per stripe; up to [#SPINS] of them without a pause
  /// @return false when a stripe was taken all the time, so that this must be done again
  boolean close(int patience, List<Chunk> chains) {
    boolean all = true;
    for (Stripe stripe : stripes) {
      if (await(stripe, patience)) {
        try {
          stripe.close();
          Chunk chain = stripe.detach();
          if (chain != null) {
            chains.add(chain);
          }
        } finally {
          stripe.release();
        }
      } else {
        all = false;
      }
    }
    return all;
  }

  private @Nullable Chunk detach(int index, int patience) {
    Stripe stripe = stripes[index];
    if (await(stripe, patience)) {
      failures[index] = 0;
      return detach(stripe);
    }
    if (++failures[index] < GIVEN_UP) {
      return null;
    }
    failures[index] = 0;
    if (!stripe.tryAbandon()) {
      return detach(stripe);
    }
    // A thread that died, or was suspended, while it wrote. What it published before is good; the
    // stripe itself is left to it, and so is the event that it writes.
    Stripe fresh = newStripe();
    VarHandle.storeStoreFence();
    stripes[index] = fresh;
    lost();
    return stripe.copyAbandoned();
  }

  private static @Nullable Chunk detach(Stripe taken) {
    try {
      return taken.detach();
    } finally {
      taken.release();
    }
  }

  private Stripe newStripe() {
    return new Stripe(pool, signals, new SpanIds(spanIds), maxBytes);
  }

  private static boolean await(Stripe stripe, int patience) {
    for (int i = 0; i < patience; i++) {
      if (stripe.tryTake()) {
        return true;
      }
      if (i < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    return false;
  }

  private @Nullable Stripe take() {
    int start = (int) Thread.currentThread().getId();
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i <= mask; i++) {
        Stripe stripe = stripes[start + i & mask];
        if (stripe.tryTake()) {
          return stripe;
        }
      }
      Thread.onSpinWait();
    }
    return null;
  }

  private boolean failed(Stripe stripe) {
    return !stripe.isClosed() && lost();
  }

  private boolean lost() {
    losses.add(loss);
    return true;
  }
}
