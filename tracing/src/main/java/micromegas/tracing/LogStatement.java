package micromegas.tracing;

import micromegas.tracing.adapter.EventProperties;
import micromegas.tracing.adapter.Texts;
import micromegas.tracing.early.EarlyLines;
import micromegas.tracing.record.Recording;
import micromegas.tracing.record.Reference;
import micromegas.tracing.site.Site;
import micromegas.tracing.site.SiteTable;
import org.jspecify.annotations.Nullable;

/// One level of one logger, or one constant text: its descriptor, and whether it is on.
/// Thread-safe.
final class LogStatement {
  private final long id;
  private final Level level;
  private final String target;
  private final String constant;

  /// The last answer of [LogFilters]; racy, any answer is as good as none.
  private int answer = LogFilters.NO_ANSWER;

  LogStatement(Level level, String text, String target, String file, int line) {
    this.id = SiteTable.process().id(new Site.Log(text, target, file, line, level.wireValue()));
    this.level = level;
    this.target = target;
    this.constant = text;
  }

  long id() {
    return id;
  }

  Level level() {
    return level;
  }

  String target() {
    return target;
  }

  String constant() {
    return constant;
  }

  boolean isOn() {
    return bits() != 0;
  }

  /// What to do with an event: bits of [LogFilters], 0 for nothing.
  int bits() {
    int cached = answer;
    int now = LogFilters.answer(cached, level, target);
    if (now != cached) {
      answer = now;
    }
    int bits = LogFilters.bits(now);
    // Looked up before the text is made, which most details do not need.
    return bits == LogFilters.DETAIL && !Recording.waits(level.wireValue()) ? 0 : bits;
  }

  /// Records an event whatever the filters say, and prints nothing. While no telemetry runs, it is
  /// kept for the next one.
  void forward(String text, PropertySet properties, @Nullable Throwable failure) {
    if (Recording.engine() == null
        && EarlyLines.keep(
            level,
            target,
            Texts.withStackTrace(text, failure),
            EventProperties.withFailure(properties, failure),
            true)) {
      return;
    }
    int detail = level.wireValue() >= Level.DEBUG.wireValue() ? LogFilters.DETAIL : 0;
    log(LogFilters.RECORD | detail, text, properties, failure);
  }

  /// Does what `bits` say.
  ///
  /// @param text null for the constant
  void log(
      int bits,
      @Nullable String text,
      @Nullable PropertySet properties,
      @Nullable Throwable failure) {
    String full = text;
    PropertySet set = properties;
    if (failure != null) {
      full = Texts.withStackTrace(text == null ? constant : text, failure);
      set = EventProperties.withFailure(set, failure);
    }
    if ((bits & LogFilters.PRINT) != 0) {
      TextSinks.print(level, target, full == null ? constant : full, set);
    }
    if ((bits & (LogFilters.RECORD | LogFilters.DETAIL)) != 0) {
      Reference reference = set == null ? null : set.reference();
      Recording.log(
          id,
          level.wireValue(),
          reference,
          constant,
          full,
          (bits & LogFilters.DETAIL) != 0,
          (bits & LogFilters.RECORD) != 0);
    }
  }

  /// Does what `bits` say, with a pattern whose arguments are in place.
  void log(int bits, Pattern filled) {
    log(bits, filled.toString(), null, filled.failure());
  }
}
