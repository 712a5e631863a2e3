package micromegas.tracing.agent;

import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicInteger;

/// What the agent prints: a few lines on standard error, since loggers must not be touched before
/// the application has set them up. Thread-safe.
final class AgentOutput {
  /// Warnings beyond are not printed.
  private static final int MAX_WARNINGS = 20;

  private final PrintStream out;
  private final boolean verbose;
  private final AtomicInteger warnings = new AtomicInteger();

  AgentOutput(PrintStream out, boolean verbose) {
    this.out = out;
    this.verbose = verbose;
  }

  void warn(String text) {
    if (warnings.incrementAndGet() <= MAX_WARNINGS) {
      out.println("[micromegas agent] " + text);
    }
  }

  void verbose(String text) {
    if (verbose) {
      out.println("[micromegas agent] " + text);
    }
  }
}
