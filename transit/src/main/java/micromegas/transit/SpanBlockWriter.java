package micromegas.transit;

/// Writes the blocks of a `cpu` stream, whose types are [ClientTypes#spanDependencies] and
/// [ClientTypes#spanObjects]. Times are absolute ticks of the process clock. That the spans of a
/// thread nest and that their begins do not go back in time is the caller's part. Not thread-safe.
public final class SpanBlockWriter extends BlockWriter {

  public SpanBlockWriter() {
    super(ClientTypes.SPAN_STATIC_STRING, ClientTypes.SPAN_DESCRIPTOR);
  }

  public void begin(SpanDescriptor span, long time) {
    threadSpan(EventRecords.BEGIN_SPAN, span, time);
  }

  public void end(SpanDescriptor span, long time) {
    threadSpan(EventRecords.END_SPAN, span, time);
  }

  public void begin(SpanLocation location, StaticText name, long time) {
    threadSpan(EventRecords.BEGIN_NAMED_SPAN, location, name, time);
  }

  public void end(SpanLocation location, StaticText name, long time) {
    threadSpan(EventRecords.END_NAMED_SPAN, location, name, time);
  }

  /// @param id of the span, unique in the process and above 0
  /// @param parent id of the span that encloses this one, or 0
  /// @param depth number of spans that enclose this one
  public void beginAsync(SpanDescriptor span, long id, long parent, int depth, long time) {
    asyncSpan(EventRecords.BEGIN_ASYNC_SPAN, span, id, parent, depth, time);
  }

  /// Repeats what [#beginAsync] said, except for the time.
  public void endAsync(SpanDescriptor span, long id, long parent, int depth, long time) {
    asyncSpan(EventRecords.END_ASYNC_SPAN, span, id, parent, depth, time);
  }

  /// As [#beginAsync(SpanDescriptor, long, long, int, long)], with a name of its own.
  public void beginAsync(
      SpanLocation location, StaticText name, long id, long parent, int depth, long time) {
    asyncSpan(EventRecords.BEGIN_NAMED_ASYNC_SPAN, location, name, id, parent, depth, time);
  }

  /// As [#endAsync(SpanDescriptor, long, long, int, long)], with a name of its own.
  public void endAsync(
      SpanLocation location, StaticText name, long id, long parent, int depth, long time) {
    asyncSpan(EventRecords.END_NAMED_ASYNC_SPAN, location, name, id, parent, depth, time);
  }

  private void threadSpan(byte type, SpanDescriptor span, long time) {
    long descriptor = id(span);
    objects.begin(type, EventRecords.SPAN_BYTES - 1);
    objects.putLong(descriptor);
    objects.putLong(time);
    countEvent();
  }

  private void threadSpan(byte type, SpanLocation location, StaticText name, long time) {
    long where = id(location);
    long what = id(name);
    objects.begin(type, EventRecords.NAMED_SPAN_BYTES - 1);
    objects.putLong(where);
    objects.putLong(what);
    objects.putLong(time);
    countEvent();
  }

  private void asyncSpan(
      byte type, SpanDescriptor span, long id, long parent, int depth, long time) {
    long descriptor = id(span);
    objects.begin(type, EventRecords.ASYNC_SPAN_BYTES - 1);
    objects.putLong(descriptor);
    asyncPart(id, parent, depth, time);
  }

  private void asyncSpan(
      byte type,
      SpanLocation location,
      StaticText name,
      long id,
      long parent,
      int depth,
      long time) {
    long where = id(location);
    long what = id(name);
    objects.begin(type, EventRecords.NAMED_ASYNC_SPAN_BYTES - 1);
    objects.putLong(where);
    objects.putLong(what);
    asyncPart(id, parent, depth, time);
  }

  private void asyncPart(long id, long parent, int depth, long time) {
    objects.putLong(id);
    objects.putLong(parent);
    objects.putInt(depth);
    objects.putLong(time);
    countEvent();
  }
}
