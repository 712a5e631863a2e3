package micromegas.tracing.jfr;

import jdk.jfr.consumer.RecordedEvent;

/// Records events of some kinds. Used by one thread.
interface EventReader {

  /// An event, in the order of their ends.
  void read(JfrKind kind, RecordedEvent event, ClockOffset clock);

  /// A delivery is over; everything before `now` has been read.
  ///
  /// @param now ticks
  void next(long now);

  /// Nothing follows.
  void close();
}
