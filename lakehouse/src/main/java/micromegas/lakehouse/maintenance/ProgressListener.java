package micromegas.lakehouse.maintenance;

import java.time.Instant;

/// Hears what a long operation is doing, line by line, as it happens: the rows of the
/// administrative functions, which return `(time, msg)`. Called by the thread that does the work.
@FunctionalInterface
public interface ProgressListener {
  ProgressListener NONE = (time, message) -> {};

  void line(Instant time, String message);
}
