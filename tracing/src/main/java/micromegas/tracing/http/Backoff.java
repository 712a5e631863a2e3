package micromegas.tracing.http;

import java.util.concurrent.ThreadLocalRandom;

/// Pauses between attempts: they double from 100 ms up to 30 s, and a random part of each is taken,
/// so that clients of one server do not come back together.
final class Backoff {
  private static final long FIRST_NANOS = 100_000_000L;
  private static final long MAX_NANOS = 30_000_000_000L;

  private Backoff() {}

  /// @param attempt 1 for the pause after the first attempt
  static long nanos(int attempt) {
    int doublings = Math.min(Math.max(attempt - 1, 0), 20);
    long most = Math.min(MAX_NANOS, FIRST_NANOS << doublings);
    return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
  }
}
