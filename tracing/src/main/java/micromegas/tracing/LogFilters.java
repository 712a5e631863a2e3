package micromegas.tracing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

/// Which log statements do what, for the process. Statements keep the answer with the generation of
/// the rules it came from, so an answer costs one comparison. Thread-safe.
final class LogFilters {
  /// The event goes to the log stream.
  static final int RECORD = 1;

  /// The text goes to a sink of texts, such as the console.
  static final int PRINT = 2;

  /// The event waits for a verdict when a unit of work is open.
  static final int DETAIL = 4;

  private static final int BITS = 3;

  /// What a statement keeps at first.
  static final int NO_ANSWER = -1;

  private static final Rules NOTHING = new Rules(LevelFilter.OFF, List.of());
  private static final VarHandle GENERATION;

  static {
    try {
      GENERATION =
          MethodHandles.lookup().findStaticVarHandle(LogFilters.class, "generation", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// @param record what goes to the log stream
  /// @param print what goes to each sink of texts
  private record Rules(LevelFilter record, List<LevelFilter> print) {}

  private static volatile Rules rules = NOTHING;

  /// The least severe level that any unit of work keeps details of, as on the wire.
  private static volatile int detail;

  /// Counts changes of the rules; read opaquely.
  @SuppressWarnings("unused") // through the handle
  private static int generation;

  private LogFilters() {}

  static synchronized void set(LevelFilter record, List<LevelFilter> print) {
    rules = new Rules(record, List.copyOf(print));
    next();
  }

  static synchronized void clear() {
    rules = NOTHING;
    next();
  }

  static LevelFilter record() {
    return rules.record();
  }

  static List<LevelFilter> print() {
    return rules.print();
  }

  /// A unit of work keeps details up to that level.
  static synchronized void admitDetail(int level) {
    if (level > detail) {
      detail = level;
      next();
    }
  }

  /// The bits of a cached answer; refreshed first when the rules have changed.
  ///
  /// @param cached what the statement kept
  /// @return the answer with its generation, to be kept; take [#bits] of it
  static int answer(int cached, Level level, String target) {
    return cached >>> BITS == ((int) GENERATION.getOpaque() & -1 >>> BITS)
        ? cached
        : refresh(level, target);
  }

  static int bits(int answer) {
    return answer & (1 << BITS) - 1;
  }

  private static int refresh(Level level, String target) {
    int current = (int) GENERATION.getAcquire();
    Rules now = rules;
    int bits = 0;
    if (now == NOTHING) {
      return current << BITS;
    }
    if (now.record().passes(level, target)) {
      bits |= RECORD;
    }
    for (LevelFilter filter : now.print()) {
      if (filter.passes(level, target)) {
        bits |= PRINT;
      }
    }
    if (level.wireValue() >= Level.DEBUG.wireValue() && level.wireValue() <= detail) {
      bits |= DETAIL;
    }
    return current << BITS | bits;
  }

  private static void next() {
    GENERATION.setRelease((int) GENERATION.getAcquire() + 1);
  }
}
