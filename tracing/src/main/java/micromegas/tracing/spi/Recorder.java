package micromegas.tracing.spi;

import micromegas.tracing.record.Recording;

/// The recording calls for woven code and adapters: by id of a call site
/// ([micromegas.tracing.SpanSite#id]) instead of by object, and with tokens instead of scopes.
/// Thread-safe; never throws.
///
/// ```java
/// int token = Recorder.begin(SITE_ID);
/// try {
///   ...
/// } finally {
///   Recorder.end(token);
/// }
/// ```
public final class Recorder {
  private Recorder() {}

  /// Begins a span of the current thread.
  ///
  /// @return what [#end] takes; 0 when nothing is recorded
  public static int begin(long site) {
    return Recording.enterWithToken(site);
  }

  /// Ends the span of that token, on the thread that began it. Spans that were left open inside are
  /// ended first.
  public static void end(int token) {
    Recording.exit(token);
  }
}
