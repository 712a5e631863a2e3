package micromegas.transit;

/// Writes the blocks of a log stream, whose types are [ClientTypes#logDependencies] and
/// [ClientTypes#logObjects]. Times are absolute ticks of the process clock. Messages are UTF-8 and
/// copied. Not thread-safe.
public final class LogBlockWriter extends BlockWriter {

  public LogBlockWriter() {
    super(ClientTypes.STATIC_STRING, ClientTypes.DESCRIPTOR);
  }

  /// An event whose message is the format of its statement.
  public void logStatic(LogDescriptor statement, long time) {
    long id = id(statement);
    objects.begin(ClientTypes.LOG_STATIC, 16);
    objects.putLong(id);
    objects.putLong(time);
    countEvent();
  }

  public void log(LogDescriptor statement, long time, byte[] utf8) {
    log(statement, time, utf8, 0, utf8.length);
  }

  public void log(LogDescriptor statement, long time, byte[] utf8, int offset, int length) {
    long id = id(statement);
    objects.beginVariable(ClientTypes.LOG_STRING, 21 + length);
    objects.putLong(id);
    objects.putLong(time);
    putText(objects, utf8, offset, length);
    countEvent();
  }

  public void tagged(LogDescriptor statement, PropertySet properties, long time, byte[] utf8) {
    tagged(statement, properties, time, utf8, 0, utf8.length);
  }

  /// An event with properties; those named `target` and `level` override the statement's.
  public void tagged(
      LogDescriptor statement,
      PropertySet properties,
      long time,
      byte[] utf8,
      int offset,
      int length) {
    long id = id(statement);
    long set = id(properties);
    objects.beginVariable(ClientTypes.LOG_TAGGED, 29 + length);
    objects.putLong(id);
    objects.putLong(set);
    objects.putLong(time);
    putText(objects, utf8, offset, length);
    countEvent();
  }

  /// An event of a foreign logging library with a constant message.
  public void interopStatic(int level, StaticText target, long time, StaticText message) {
    long targetId = id(target);
    long messageId = id(message);
    objects.begin(ClientTypes.LOG_STATIC_INTEROP, 48);
    objects.putLong(targetId);
    objects.putLong(target.utf8().length);
    objects.putLong(messageId);
    objects.putLong(message.utf8().length);
    objects.putLong(time);
    objects.putInt(level);
    objects.putInt(0);
    countEvent();
  }

  public void interop(int level, StaticText target, long time, byte[] utf8) {
    interop(level, target, time, utf8, 0, utf8.length);
  }

  /// An event of a foreign logging library.
  public void interop(
      int level, StaticText target, long time, byte[] utf8, int offset, int length) {
    long targetId = id(target);
    objects.beginVariable(ClientTypes.LOG_STRING_INTEROP, 30 + length);
    objects.putLong(time);
    objects.putByte(level);
    putReference(objects, targetId, target);
    putText(objects, utf8, offset, length);
    countEvent();
  }

  public void taggedInterop(
      int level, StaticText target, PropertySet properties, long time, byte[] utf8) {
    taggedInterop(level, target, properties, time, utf8, 0, utf8.length);
  }

  /// An event of a foreign logging library with properties.
  public void taggedInterop(
      int level,
      StaticText target,
      PropertySet properties,
      long time,
      byte[] utf8,
      int offset,
      int length) {
    long targetId = id(target);
    long set = id(properties);
    objects.beginVariable(ClientTypes.LOG_TAGGED_INTEROP, 38 + length);
    objects.putLong(time);
    objects.putByte(level);
    putReference(objects, targetId, target);
    objects.putLong(set);
    putText(objects, utf8, offset, length);
    countEvent();
  }
}
