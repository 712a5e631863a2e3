package micromegas.query.duckdb;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// A thread that looks after the members of a set at a steady pace, and sleeps while there are
/// none. Thread-safe.
final class Patrol<T> implements AutoCloseable {
  private final Set<T> members = ConcurrentHashMap.newKeySet();
  private final long periodNanos;
  private final Consumer<List<T>> round;
  private final Runnable end;
  private final Thread thread;
  private volatile boolean asleep;
  private volatile boolean closed;
  private volatile long rounds;

  /// @param period from one round to the next, and from the first member to the first round
  /// @param round gets the members, at least one; what it throws ends the thread
  /// @param end runs on the thread when this is closed
  Patrol(String name, Duration period, Consumer<List<T>> round, Runnable end) {
    this.periodNanos = period.toNanos();
    this.round = round;
    this.end = end;
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::run);
  }

  void add(T member) {
    members.add(member);
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  void remove(T member) {
    members.remove(member);
  }

  /// How many rounds have been made.
  long rounds() {
    return rounds;
  }

  /// Whether it waits for a member.
  boolean isAsleep() {
    return asleep;
  }

  private void run() {
    try {
      while (!closed) {
        awaitMember();
        long due = System.nanoTime() + periodNanos;
        for (long left = periodNanos; left > 0 && !closed; left = due - System.nanoTime()) {
          LockSupport.parkNanos(this, left);
        }
        List<T> present = List.copyOf(members);
        if (!closed && !present.isEmpty()) {
          round.accept(present);
          rounds = rounds + 1;
        }
      }
    } finally {
      end.run();
    }
  }

  /// Says that it sleeps before it looks for the last time, so that a member that comes in between
  /// wakes it.
  private void awaitMember() {
    asleep = true;
    while (members.isEmpty() && !closed) {
      LockSupport.park(this);
    }
    asleep = false;
  }

  /// Ends the thread and waits for it, some seconds at most.
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      boolean unused = thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
