package micromegas.tracing.early;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import micromegas.tracing.Level;

/// Keeps the lines of one time without telemetry. When it is full, the least severe lines go first,
/// of these the oldest: details do not push out warnings, and the lines just before the start join
/// those after it. When its time is over everything goes, and nothing more is taken until [#take].
/// What goes is counted. Not thread-safe, but for [#isOver].
final class EarlyBuffer {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int MAX_SECONDS = 1_000_000_000; // more would overflow nanoseconds

  private final EarlySettings settings;

  /// By level, the most severe first; of each the oldest first.
  private final List<ArrayDeque<EarlyLine>> levels = new ArrayList<>();

  private int size;
  private long bytes;
  private long dropped;

  /// When the first line came.
  private OptionalLong begin = OptionalLong.empty();

  private long last;
  private volatile boolean over;

  EarlyBuffer(EarlySettings settings) {
    this.settings = settings;
    for (int i = 0; i < Level.values().length; i++) {
      levels.add(new ArrayDeque<>());
    }
    over = settings.maxLines() == 0;
  }

  EarlySettings settings() {
    return settings;
  }

  /// Whether nothing is taken any more, as far as is known; may be asked by any thread.
  boolean isOver() {
    return over;
  }

  /// When the first line came that is still here or was dropped; empty when none has come.
  OptionalLong begin() {
    return begin;
  }

  /// Lines that are here.
  int size() {
    return size;
  }

  /// About what they take.
  long bytes() {
    return bytes;
  }

  /// A line that comes now; its time is moved behind that of the one before, so that lines keep
  /// their order.
  void add(EarlyLine line) {
    if (over) {
      return;
    }
    if (begin.isEmpty()) {
      begin = OptionalLong.of(line.nanos());
      last = line.nanos() - 1;
    } else if (isLate(line.nanos())) {
      letGo();
      return;
    }
    last = Math.max(line.nanos() - last, 1) + last; // differences, since times may wrap around
    keep(
        new EarlyLine(
            line.level(), line.target(), line.text(), line.properties(), line.passed(), last));
  }

  private boolean isLate(long nanos) {
    long most = Math.min(settings.maxSeconds(), MAX_SECONDS) * NANOS_PER_SECOND;
    return begin.isPresent() && nanos - begin.getAsLong() > most;
  }

  /// Everything goes if its time is over.
  void review(long nanos) {
    if (isLate(nanos)) {
      letGo();
    }
  }

  private void letGo() {
    dropped += size;
    clear();
    over = true;
  }

  private void clear() {
    levels.forEach(ArrayDeque::clear);
    size = 0;
    bytes = 0;
    begin = OptionalLong.empty();
  }

  private void keep(EarlyLine line) {
    long needed = line.bytes();
    boolean fits = needed <= settings.maxBytes();
    while (fits && (size >= settings.maxLines() || bytes + needed > settings.maxBytes())) {
      fits = dropOne(line.level());
    }
    if (!fits) {
      dropped++;
      return;
    }
    levels.get(line.level().ordinal()).add(line);
    size++;
    bytes += needed;
  }

  /// Drops the oldest of the least severe lines.
  ///
  /// @return false when all are more severe than `level`
  private boolean dropOne(Level level) {
    for (int i = levels.size() - 1; i >= level.ordinal(); i--) {
      EarlyLine gone = levels.get(i).poll();
      if (gone != null) {
        size--;
        bytes -= gone.bytes();
        dropped++;
        return true;
      }
    }
    return false;
  }

  /// Takes everything; what comes from now on belongs to the next time without telemetry.
  EarlyLines.Taken take(long nanos) {
    review(nanos);
    List<EarlyLine> lines = new ArrayList<>(size);
    levels.forEach(lines::addAll);
    if (!lines.isEmpty()) {
      long origin = lines.get(0).nanos();
      lines.sort(Comparator.comparingLong(line -> line.nanos() - origin));
    }
    EarlyLines.Taken taken = new EarlyLines.Taken(lines, dropped);
    clear();
    dropped = 0;
    over = settings.maxLines() == 0;
    return taken;
  }
}
