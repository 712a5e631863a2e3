package micromegas.lake.metadata;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import micromegas.common.MicromegasException;
import org.jspecify.annotations.Nullable;

/// Lets concurrent callers share one round trip and one commit.
///
/// A caller runs at once when fewer than `maxInFlight` batches are under way; otherwise it queues,
/// and the first in the queue runs all that queued meanwhile as the next batch. So nobody waits
/// without load, and under load the batch grows to what arrives during one commit. Callers' own
/// threads do all the work. Thread-safe.
///
/// @param <T> what a caller hands in
/// @param <R> what it gets back
final class GroupCommit<T, R> {
  /// The outcome of one element.
  ///
  /// @param value present on success
  /// @param error present on failure
  record Outcome<R>(@Nullable R value, @Nullable MicromegasException error) {
    static <R> Outcome<R> of(R value) {
      return new Outcome<>(value, null);
    }

    static <R> Outcome<R> failed(MicromegasException error) {
      return new Outcome<>(null, error);
    }
  }

  /// An element that waits. Its future ends either with its outcome, or with null: then its caller
  /// leads the next batch.
  private static final class Waiter<T, R> {
    final T element;
    final CompletableFuture<@Nullable Outcome<R>> signal = new CompletableFuture<>();

    Waiter(T element) {
      this.element = element;
    }
  }

  private final Function<List<T>, List<Outcome<R>>> batchFunction;
  private final int maxBatch;
  private final int maxInFlight;
  private final Object monitor = new Object();
  private final ArrayDeque<Waiter<T, R>> queue = new ArrayDeque<>();
  private int inFlight;

  /// @param batchFunction returns one outcome per element, in order, and reports failures as
  ///   outcomes
  GroupCommit(int maxBatch, int maxInFlight, Function<List<T>, List<Outcome<R>>> batchFunction) {
    this.maxBatch = maxBatch;
    this.maxInFlight = maxInFlight;
    this.batchFunction = batchFunction;
  }

  /// Blocks until the element's batch is committed.
  ///
  /// @throws MicromegasException the failure of this element
  R submit(T element) {
    Waiter<T, R> waiter = new Waiter<>(element);
    boolean leads;
    synchronized (monitor) {
      leads = inFlight < maxInFlight;
      if (leads) {
        inFlight++;
      } else {
        queue.add(waiter);
      }
    }
    Outcome<R> outcome = leads ? null : waiter.signal.join();
    if (outcome == null) {
      outcome = lead(waiter);
    }
    if (outcome.error() != null) {
      throw outcome.error();
    }
    R value = outcome.value();
    if (value == null) {
      throw new IllegalStateException("an outcome has neither value nor error");
    }
    return value;
  }

  /// How many callers wait for a batch.
  int queued() {
    synchronized (monitor) {
      return queue.size();
    }
  }

  private Outcome<R> lead(Waiter<T, R> leader) {
    List<Waiter<T, R>> batch = new ArrayList<>();
    batch.add(leader);
    synchronized (monitor) {
      while (batch.size() < maxBatch && !queue.isEmpty()) {
        batch.add(queue.remove());
      }
    }
    try {
      List<T> elements = new ArrayList<>(batch.size());
      batch.forEach(waiter -> elements.add(waiter.element));
      List<Outcome<R>> outcomes = batchFunction.apply(elements);
      for (int i = 1; i < batch.size(); i++) {
        batch.get(i).signal.complete(outcomes.get(i));
      }
      return outcomes.getFirst();
    } catch (RuntimeException | Error e) {
      // A defect of the batch function: nobody may wait for ever.
      batch.forEach(waiter -> waiter.signal.completeExceptionally(new CompletionException(e)));
      throw e;
    } finally {
      passOn();
    }
  }

  /// Hands this batch's place to the first in the queue.
  private void passOn() {
    Waiter<T, R> next;
    synchronized (monitor) {
      next = queue.poll();
      if (next == null) {
        inFlight--;
        return;
      }
    }
    next.signal.complete(null);
  }
}
