package micromegas.lakehouse.fresh;

import java.time.Instant;
import java.util.ArrayDeque;
import micromegas.lakehouse.source.InsertWindows;

/// Up to which time everybody who had begun to write has ended. Thread-safe.
///
/// Each reading of PostgreSQL's state says which transaction number came next at which time. Once
/// all smaller numbers have ended, every row whose statement ran before that time is visible. With
/// nobody writing that is the time of the reading itself; a transaction that stays open holds it
/// back, however long.
final class Quiescence {
  private static final int MAX_READINGS = 64;

  private final ArrayDeque<Reading> readings = new ArrayDeque<>(); // guarded by this
  private Instant reached = Instant.MIN; // guarded by this

  private record Reading(Instant time, long next) {}

  /// Takes a reading.
  ///
  /// @return the time; [Instant#MIN] when it is not known yet. Readers that count after this call
  ///   see every row that was written before
  synchronized Instant observe(InsertWindows.State state) {
    Reading last = readings.peekLast();
    if (last == null || last.time.isBefore(state.now()) && last.next <= state.next()) {
      if (readings.size() == MAX_READINGS) {
        readings.removeLast(); // what is reached later comes in larger steps
      }
      readings.add(new Reading(state.now(), state.next()));
    }
    while (!readings.isEmpty() && readings.getFirst().next <= state.oldestRunning()) {
      Instant time = readings.removeFirst().time;
      reached = time.isAfter(reached) ? time : reached;
    }
    return reached;
  }
}
