package micromegas.tracing;

import org.jspecify.annotations.Nullable;

/// Log events with texts that are made at run time. Patterns have `{}` for each argument, as in
/// SLF4J; a last argument without one that is a [Throwable] adds its stack trace. Nothing is made,
/// and nothing boxed, while a level is off. Thread-safe; never throws, whatever is passed.
///
/// ```java
/// private static final Log LOG = Log.of(Orders.class);
///
/// LOG.info("order {} of {} lines", order.id(), order.lines());
/// ```
///
/// A text beyond the limit (64 KiB by default) is cut and says how much is missing. For a constant
/// text, [LogSite] is cheaper.
public final class Log {
  /// Templates that are kept, by the hash of the pattern.
  private static final int TEMPLATES = 32;

  private static final int LEVELS = Level.values().length;

  private final String target;

  /// Made when they are used. Racy: equal ones are one call site.
  private final @Nullable LogStatement[] statements = new LogStatement[LEVELS];

  /// Racy: a template that is lost is made again.
  private final @Nullable Template[] templates = new Template[TEMPLATES];

  private Log(String target) {
    this.target = target;
  }

  /// A log with the name of a class as its target.
  public static Log of(Class<?> source) {
    return new Log(source == null ? "null" : source.getName());
  }

  /// A log with that target.
  public static Log of(String target) {
    return new Log(String.valueOf(target));
  }

  /// Whether events of that level go anywhere now.
  public boolean isOn(Level level) {
    return statement(level).isOn();
  }

  /// An event with properties and perhaps a failure.
  public void log(Level level, String text, PropertySet properties, @Nullable Throwable failure) {
    LogStatement statement = statement(level);
    int bits = statement.bits();
    if (bits != 0) {
      statement.log(bits, String.valueOf(text), properties, failure);
    }
  }

  /// An event with properties.
  public void log(Level level, String text, PropertySet properties) {
    log(level, text, properties, null);
  }

  /// An event that another logging library has let pass already: recorded whatever levels telemetry
  /// has, and printed nowhere, since that library prints. *Debug* and *trace* wait for the end of a
  /// unit of work like any other. While no telemetry runs, it is kept for the one that starts next,
  /// up to the limits of the settings.
  public void forward(
      Level level, String text, PropertySet properties, @Nullable Throwable failure) {
    statement(level).forward(String.valueOf(text), properties, failure);
  }

  LogStatement statement(Level level) {
    Level known = Level.known(level);
    LogStatement statement = statements[known.ordinal()];
    return statement != null ? statement : newStatement(known);
  }

  private LogStatement newStatement(Level level) {
    LogStatement statement = new LogStatement(level, "", target, "", 0);
    statements[level.ordinal()] = statement;
    return statement;
  }

  private void text(Level level, String text, @Nullable Throwable failure) {
    LogStatement statement = statement(level);
    int bits = statement.bits();
    if (bits != 0) {
      statement.log(bits, String.valueOf(text), null, failure);
    }
  }

  private Pattern pattern(String pattern) {
    return new Pattern(template(pattern));
  }

  private Template template(String pattern) {
    String source = String.valueOf(pattern);
    int slot = source.hashCode() & TEMPLATES - 1;
    Template template = templates[slot];
    if (template == null || !template.source().equals(source)) {
      template = Template.of(source);
      templates[slot] = template;
    }
    return template;
  }

  private void one(Level level, String pattern, @Nullable Object a) {
    LogStatement statement = statement(level);
    int bits = statement.bits();
    if (bits != 0) {
      statement.log(bits, pattern(pattern).add(a));
    }
  }

  private void number(Level level, String pattern, long a) {
    LogStatement statement = statement(level);
    int bits = statement.bits();
    if (bits != 0) {
      Template template = template(pattern);
      if (template.places() == 1) { // the most common one, at the price of a concatenation
        statement.log(bits, template.piece(0) + a + template.piece(1), null, null);
      } else {
        statement.log(bits, new Pattern(template).add(a));
      }
    }
  }

  private void number(Level level, String pattern, double a) {
    LogStatement statement = statement(level);
    int bits = statement.bits();
    if (bits != 0) {
      statement.log(bits, pattern(pattern).add(a));
    }
  }

  private void two(Level level, String pattern, @Nullable Object a, @Nullable Object b) {
    LogStatement statement = statement(level);
    int bits = statement.bits();
    if (bits != 0) {
      statement.log(bits, pattern(pattern).add(a).add(b));
    }
  }

  private void numbers(Level level, String pattern, long a, long b) {
    LogStatement statement = statement(level);
    int bits = statement.bits();
    if (bits != 0) {
      statement.log(bits, pattern(pattern).add(a).add(b));
    }
  }

  private void mixed(Level level, String pattern, @Nullable Object a, long b) {
    LogStatement statement = statement(level);
    int bits = statement.bits();
    if (bits != 0) {
      statement.log(bits, pattern(pattern).add(a).add(b));
    }
  }

  private void three(
      Level level, String pattern, @Nullable Object a, @Nullable Object b, @Nullable Object c) {
    LogStatement statement = statement(level);
    int bits = statement.bits();
    if (bits != 0) {
      statement.log(bits, pattern(pattern).add(a).add(b).add(c));
    }
  }

  private void many(Level level, String pattern, @Nullable Object... arguments) {
    LogStatement statement = statement(level);
    int bits = statement.bits();
    if (bits != 0) {
      Pattern filled = pattern(pattern);
      if (arguments == null) {
        filled.add((Object) null);
      } else {
        for (Object argument : arguments) {
          filled.add(argument);
        }
      }
      statement.log(bits, filled);
    }
  }

  public boolean isFatalOn() {
    return isOn(Level.FATAL);
  }

  public void fatal(String text) {
    text(Level.FATAL, text, null);
  }

  public void fatal(String text, Throwable failure) {
    text(Level.FATAL, text, failure);
  }

  public void fatal(String pattern, @Nullable Object a) {
    one(Level.FATAL, pattern, a);
  }

  public void fatal(String pattern, long a) {
    number(Level.FATAL, pattern, a);
  }

  public void fatal(String pattern, double a) {
    number(Level.FATAL, pattern, a);
  }

  public void fatal(String pattern, @Nullable Object a, @Nullable Object b) {
    two(Level.FATAL, pattern, a, b);
  }

  public void fatal(String pattern, @Nullable Object a, long b) {
    mixed(Level.FATAL, pattern, a, b);
  }

  public void fatal(String pattern, long a, long b) {
    numbers(Level.FATAL, pattern, a, b);
  }

  public void fatal(String pattern, @Nullable Object a, @Nullable Object b, @Nullable Object c) {
    three(Level.FATAL, pattern, a, b, c);
  }

  public void fatal(String pattern, @Nullable Object... arguments) {
    many(Level.FATAL, pattern, arguments);
  }

  public boolean isErrorOn() {
    return isOn(Level.ERROR);
  }

  public void error(String text) {
    text(Level.ERROR, text, null);
  }

  public void error(String text, Throwable failure) {
    text(Level.ERROR, text, failure);
  }

  public void error(String pattern, @Nullable Object a) {
    one(Level.ERROR, pattern, a);
  }

  public void error(String pattern, long a) {
    number(Level.ERROR, pattern, a);
  }

  public void error(String pattern, double a) {
    number(Level.ERROR, pattern, a);
  }

  public void error(String pattern, @Nullable Object a, @Nullable Object b) {
    two(Level.ERROR, pattern, a, b);
  }

  public void error(String pattern, @Nullable Object a, long b) {
    mixed(Level.ERROR, pattern, a, b);
  }

  public void error(String pattern, long a, long b) {
    numbers(Level.ERROR, pattern, a, b);
  }

  public void error(String pattern, @Nullable Object a, @Nullable Object b, @Nullable Object c) {
    three(Level.ERROR, pattern, a, b, c);
  }

  public void error(String pattern, @Nullable Object... arguments) {
    many(Level.ERROR, pattern, arguments);
  }

  public boolean isWarnOn() {
    return isOn(Level.WARN);
  }

  public void warn(String text) {
    text(Level.WARN, text, null);
  }

  public void warn(String text, Throwable failure) {
    text(Level.WARN, text, failure);
  }

  public void warn(String pattern, @Nullable Object a) {
    one(Level.WARN, pattern, a);
  }

  public void warn(String pattern, long a) {
    number(Level.WARN, pattern, a);
  }

  public void warn(String pattern, double a) {
    number(Level.WARN, pattern, a);
  }

  public void warn(String pattern, @Nullable Object a, @Nullable Object b) {
    two(Level.WARN, pattern, a, b);
  }

  public void warn(String pattern, @Nullable Object a, long b) {
    mixed(Level.WARN, pattern, a, b);
  }

  public void warn(String pattern, long a, long b) {
    numbers(Level.WARN, pattern, a, b);
  }

  public void warn(String pattern, @Nullable Object a, @Nullable Object b, @Nullable Object c) {
    three(Level.WARN, pattern, a, b, c);
  }

  public void warn(String pattern, @Nullable Object... arguments) {
    many(Level.WARN, pattern, arguments);
  }

  public boolean isInfoOn() {
    return isOn(Level.INFO);
  }

  public void info(String text) {
    text(Level.INFO, text, null);
  }

  public void info(String text, Throwable failure) {
    text(Level.INFO, text, failure);
  }

  public void info(String pattern, @Nullable Object a) {
    one(Level.INFO, pattern, a);
  }

  public void info(String pattern, long a) {
    number(Level.INFO, pattern, a);
  }

  public void info(String pattern, double a) {
    number(Level.INFO, pattern, a);
  }

  public void info(String pattern, @Nullable Object a, @Nullable Object b) {
    two(Level.INFO, pattern, a, b);
  }

  public void info(String pattern, @Nullable Object a, long b) {
    mixed(Level.INFO, pattern, a, b);
  }

  public void info(String pattern, long a, long b) {
    numbers(Level.INFO, pattern, a, b);
  }

  public void info(String pattern, @Nullable Object a, @Nullable Object b, @Nullable Object c) {
    three(Level.INFO, pattern, a, b, c);
  }

  public void info(String pattern, @Nullable Object... arguments) {
    many(Level.INFO, pattern, arguments);
  }

  public boolean isDebugOn() {
    return isOn(Level.DEBUG);
  }

  public void debug(String text) {
    text(Level.DEBUG, text, null);
  }

  public void debug(String text, Throwable failure) {
    text(Level.DEBUG, text, failure);
  }

  public void debug(String pattern, @Nullable Object a) {
    one(Level.DEBUG, pattern, a);
  }

  public void debug(String pattern, long a) {
    number(Level.DEBUG, pattern, a);
  }

  public void debug(String pattern, double a) {
    number(Level.DEBUG, pattern, a);
  }

  public void debug(String pattern, @Nullable Object a, @Nullable Object b) {
    two(Level.DEBUG, pattern, a, b);
  }

  public void debug(String pattern, @Nullable Object a, long b) {
    mixed(Level.DEBUG, pattern, a, b);
  }

  public void debug(String pattern, long a, long b) {
    numbers(Level.DEBUG, pattern, a, b);
  }

  public void debug(String pattern, @Nullable Object a, @Nullable Object b, @Nullable Object c) {
    three(Level.DEBUG, pattern, a, b, c);
  }

  public void debug(String pattern, @Nullable Object... arguments) {
    many(Level.DEBUG, pattern, arguments);
  }

  public boolean isTraceOn() {
    return isOn(Level.TRACE);
  }

  public void trace(String text) {
    text(Level.TRACE, text, null);
  }

  public void trace(String text, Throwable failure) {
    text(Level.TRACE, text, failure);
  }

  public void trace(String pattern, @Nullable Object a) {
    one(Level.TRACE, pattern, a);
  }

  public void trace(String pattern, long a) {
    number(Level.TRACE, pattern, a);
  }

  public void trace(String pattern, double a) {
    number(Level.TRACE, pattern, a);
  }

  public void trace(String pattern, @Nullable Object a, @Nullable Object b) {
    two(Level.TRACE, pattern, a, b);
  }

  public void trace(String pattern, @Nullable Object a, long b) {
    mixed(Level.TRACE, pattern, a, b);
  }

  public void trace(String pattern, long a, long b) {
    numbers(Level.TRACE, pattern, a, b);
  }

  public void trace(String pattern, @Nullable Object a, @Nullable Object b, @Nullable Object c) {
    three(Level.TRACE, pattern, a, b, c);
  }

  public void trace(String pattern, @Nullable Object... arguments) {
    many(Level.TRACE, pattern, arguments);
  }
}
