package micromegas.tracing;

/// An open span, to be closed by try-with-resources on the thread that opened it.
///
/// ```java
/// try (SpanScope scope = PLACE.enter()) {
///   ...
/// }
/// ```
///
/// It is no object of its own: the recorder of the thread stands for all open spans, and `close()`
/// ends the innermost one. Closing twice, or on another thread, is ignored where it can be seen,
/// counted, and never leaves the stream of spans malformed. Never throws.
public abstract class SpanScope implements AutoCloseable {

  /// For the library.
  protected SpanScope() {}

  /// Ends the innermost open span of this thread.
  @Override
  public abstract void close();
}
