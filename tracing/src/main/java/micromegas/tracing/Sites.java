package micromegas.tracing;

import micromegas.tracing.site.Site;
import micromegas.tracing.site.SiteTable;

/// Makes call sites: the static facts of a place in the source that records something. Keep what it
/// makes in a `static final` field.
///
/// ```java
/// private static final SpanSite PLACE = Sites.here().span("place");
/// private static final IntMetric QUEUE = Sites.here().intMetric("order_queue", "count");
/// private static final LogSite STARTED = Sites.here().info("order service started");
/// ```
///
/// The target is the name of the class; queries filter by it first. Equal call sites are one. There
/// can be [SiteTable#MAX_SITES]; further ones share a name that says so. Immutable and thread-safe.
public final class Sites {
  private static final StackWalker WALKER = StackWalker.getInstance();

  private final String target;
  private final String scope;
  private final String file;
  private final int line;
  private final Verbosity verbosity;

  private Sites(String target, String scope, String file, int line, Verbosity verbosity) {
    this.target = target;
    this.scope = scope;
    this.file = file;
    this.line = line;
    this.verbosity = verbosity;
  }

  /// The calling class, file and line. Walks the stack; call it once per site, from a static
  /// initialiser.
  public static Sites here() {
    return WALKER.walk(frames ->
        frames
            .skip(1)
            .findFirst()
            .map(frame -> of(frame.getClassName(), frame.getFileName(), frame.getLineNumber()))
            .orElseGet(() -> of("", "", 0)));
  }

  /// The given class and file; for code that knows its place.
  ///
  /// @param className with its package
  public static Sites of(String className, String file, int line) {
    String name = String.valueOf(className);
    return new Sites(
        name,
        name.substring(name.lastIndexOf('.') + 1),
        String.valueOf(file),
        Math.max(line, 0),
        Verbosity.MAX);
  }

  /// The same place with another target.
  public Sites target(String newTarget) {
    return new Sites(String.valueOf(newTarget), scope, file, line, verbosity);
  }

  /// The same place with another verbosity.
  public Sites verbosity(Verbosity newVerbosity) {
    return new Sites(target, scope, file, line, newVerbosity);
  }

  /// Spans of a thread, named `Class::name`.
  public SpanSite span(String name) {
    return new SpanSite(id(name));
  }

  /// Spans of a thread that have names of their own.
  public NamedSpanSite namedSpan() {
    return new NamedSpanSite(location());
  }

  /// Spans that may end on another thread, named `Class::name`.
  public AsyncSpanSite asyncSpan(String name) {
    return new AsyncSpanSite(id(name));
  }

  /// Spans that may end on another thread and have names of their own.
  public NamedAsyncSpanSite namedAsyncSpan() {
    return new NamedAsyncSpanSite(location());
  }

  /// Samples that are integers.
  ///
  /// @param unit free text; durations in [Ticks#UNIT] are shown in seconds
  public IntMetric intMetric(String name, String unit) {
    return new IntMetric(metric(name, unit));
  }

  /// Samples that are doubles.
  public FloatMetric floatMetric(String name, String unit) {
    return new FloatMetric(metric(name, unit));
  }

  public LogSite fatal(String text) {
    return log(Level.FATAL, text);
  }

  public LogSite error(String text) {
    return log(Level.ERROR, text);
  }

  public LogSite warn(String text) {
    return log(Level.WARN, text);
  }

  public LogSite info(String text) {
    return log(Level.INFO, text);
  }

  public LogSite debug(String text) {
    return log(Level.DEBUG, text);
  }

  public LogSite trace(String text) {
    return log(Level.TRACE, text);
  }

  /// A log event with a constant text.
  public LogSite log(Level level, String text) {
    return new LogSite(
        new LogStatement(Level.known(level), String.valueOf(text), target, file, line));
  }

  /// Units of work whose details are kept or dropped at their end.
  public WorkSite work(KeepPolicy policy) {
    return new WorkSite(policy, Level.DEBUG);
  }

  private long id(String name) {
    return SiteTable.process()
        .id(new Site.Span(scope + "::" + name, target, file, line, verbosity.wireValue()));
  }

  private long location() {
    return SiteTable.process().id(new Site.Location(target, file, line, verbosity.wireValue()));
  }

  private long metric(String name, String unit) {
    return SiteTable.process()
        .id(
            new Site.Metric(
                String.valueOf(name),
                String.valueOf(unit),
                target,
                file,
                line,
                verbosity.wireValue()));
  }
}
